package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/**
 * One opened device: its context, its one in-order queue, its programs and its memory, all of which
 * this object owns and releases when the JVM ends. Every native call holds this object's lock, for
 * kernel arguments are state of the kernel. Commands carry no events and nobody waits for them but
 * {@link #finish} and the reads of {@link Transfers}.
 */
final class OpenClDevice {
  private static final int LARGEST_ARGUMENT = 64;
  private static final Pattern LINE_OF_OURS = Pattern.compile("\\.cl\"?[:(]\\d+");

  private final DeviceTraits traits;
  private final cl_device_id id;
  private final cl_context context;
  private final cl_command_queue queue;
  private final OpenClMemory memory;
  private final Map<String, cl_program> programs = new HashMap<>();
  private final Map<String, cl_kernel> kernels = new HashMap<>();
  private final ByteBuffer argument =
      ByteBuffer.allocateDirect(LARGEST_ARGUMENT).order(ByteOrder.nativeOrder());
  private boolean closed;

  @SuppressWarnings(
      "deprecation") // the replacement is not in OpenCL 1.2, which some drivers stop at
  OpenClDevice(DeviceTraits traits, cl_platform_id platform, cl_device_id id) {
    this.traits = traits;
    this.id = id;
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
    context = CL.clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, null);
    try {
      queue = CL.clCreateCommandQueue(context, id, 0, null);
    } catch (CLException e) {
      CL.clReleaseContext(context);
      throw e;
    }
    memory = new OpenClMemory(context, traits, this);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "teak-" + traits.name()));
  }

  DeviceTraits traits() {
    return traits;
  }

  OpenClMemory memory() {
    return memory;
  }

  /**
   * The queue, for transfers; the caller holds this object's lock and asked {@link #requireOpen}.
   */
  cl_command_queue queue() {
    return queue;
  }

  void requireOpen() {
    if (closed) {
      throw new DeviceException(traits.name() + ": the device is closed, for the JVM is ending");
    }
  }

  /**
   * Enqueues a kernel over at least {@code items} work-items; over none it does nothing.
   *
   * @param family the kernel's file, without {@code .cl}
   * @param args OpenClBuffer, Integer, Long, Float or int[] (a vector), in the kernel's order
   */
  synchronized void launch(String family, String name, long items, int group, Object... args) {
    if (items == 0) {
      return;
    }
    requireOpen();
    cl_kernel kernel = kernel(family, name);
    long[] global = {(items + group - 1) / group * group};
    long[] local = {group};
    try {
      for (int i = 0; i < args.length; i++) {
        setArgument(kernel, i, args[i]);
      }
      enqueue(kernel, global, local);
    } catch (CLException e) {
      throw failed("kernel " + name + " over " + items + " items", e);
    }
  }

  private void enqueue(cl_kernel kernel, long[] global, long[] local) {
    try {
      CL.clEnqueueNDRangeKernel(queue, kernel, 1, null, global, local, 0, null, null);
    } catch (CLException e) {
      if (!isMemory(e)) {
        throw e;
      }
      // Drivers allocate on first use: give them the pooled blocks and try once more.
      CL.clFinish(queue);
      memory.trim();
      CL.clEnqueueNDRangeKernel(queue, kernel, 1, null, global, local, 0, null, null);
    }
  }

  private void setArgument(cl_kernel kernel, int index, Object value) {
    if (value instanceof OpenClBuffer buffer) {
      cl_mem handle = buffer.block().handle;
      CL.clSetKernelArg(kernel, index, Sizeof.cl_mem, Pointer.to(handle));
      return;
    }
    argument.clear();
    if (value instanceof Integer v) {
      argument.putInt(v);
    } else if (value instanceof Float v) {
      argument.putFloat(v);
    } else if (value instanceof Long v) {
      argument.putLong(v);
    } else if (value instanceof Byte v) {
      argument.put(v);
    } else if (value instanceof int[] vector) {
      argument.asIntBuffer().put(vector);
      argument.position(vector.length * Integer.BYTES);
    } else {
      throw new IllegalArgumentException("kernel argument " + index + ": " + value);
    }
    int size = argument.position();
    argument.clear();
    CL.clSetKernelArg(kernel, index, size, Pointer.to(argument));
  }

  /** Waits until everything enqueued is done. */
  synchronized void finish() {
    requireOpen();
    try {
      CL.clFinish(queue);
    } catch (CLException e) {
      throw failed("waiting for the queue", e);
    }
  }

  DeviceException failed(String what, CLException e) {
    String answer = traits.name() + ": " + what + ": the driver answered " + e.getMessage();
    return new DeviceException(isMemory(e) ? answer + ": " + memory.state() : answer, e);
  }

  private static boolean isMemory(CLException e) {
    return e.getStatus() == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE
        || e.getStatus() == CL.CL_OUT_OF_RESOURCES
        || e.getStatus() == CL.CL_OUT_OF_HOST_MEMORY;
  }

  private cl_kernel kernel(String family, String name) {
    cl_kernel known = kernels.get(name);
    if (known != null) {
      return known;
    }
    cl_program program = programs.get(family);
    if (program == null) {
      program = build(family + ".cl", source("common.cl"), source(family + ".cl"));
      programs.put(family, program);
    }
    try {
      cl_kernel kernel = CL.clCreateKernel(program, name, null);
      kernels.put(name, kernel);
      return kernel;
    } catch (CLException e) {
      throw failed("kernel " + name + " of " + family + ".cl", e);
    }
  }

  /** Compiles one kernel file; the lines of its build log are the file's own. */
  cl_program build(String file, String common, String source) {
    String[] text = {"#line 1 \"common.cl\"\n", common, "#line 1 \"" + file + "\"\n", source};
    for (boolean again = false; ; again = true) {
      cl_program program = null;
      try {
        program = CL.clCreateProgramWithSource(context, text.length, text, null, null);
        CL.clBuildProgram(program, 1, new cl_device_id[] {id}, traits.options(), null, null);
        return program;
      } catch (CLException e) {
        if (program == null) {
          throw failed("kernel file " + file, e);
        }
        String log = ClInfo.buildLog(program, id);
        CL.clReleaseProgram(program);
        if (again || blamesTheSource(log)) {
          throw buildFailure(file, log, e);
        }
        // A log without a line of ours tells of the driver's own trouble: somebody deleted its
        // temporary file, or the folder they are in. The file comes again of itself.
        PoclCache.restore(System.getenv());
      }
    }
  }

  /** Whether a build log points at a line of a kernel file. */
  static boolean blamesTheSource(String log) {
    return LINE_OF_OURS.matcher(log).find();
  }

  private DeviceException buildFailure(String file, String log, CLException e) {
    return new DeviceException(
        traits.name()
            + ": kernel file "
            + file
            + " does not build ("
            + e.getMessage()
            + "), with "
            + traits.options()
            + ":\n"
            + log,
        e);
  }

  private static String source(String file) {
    try (InputStream in = OpenClDevice.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new DeviceException("kernel file " + file + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DeviceException("kernel file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      CL.clFinish(queue);
      kernels.values().forEach(CL::clReleaseKernel);
      programs.values().forEach(CL::clReleaseProgram);
      memory.close();
      CL.clReleaseCommandQueue(queue);
      CL.clReleaseContext(context);
    } catch (CLException e) {
      // The process ends, and the system takes back what the driver would not.
    }
  }
}
