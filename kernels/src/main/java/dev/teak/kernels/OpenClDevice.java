package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Profile;
import dev.teak.kernels.Launch.LocalMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_platform_id;

/**
 * One opened device: its context, its one in-order queue, its programs and its memory, all of which
 * this object owns and releases when the JVM ends. Every native call holds this object's lock, for
 * kernel arguments are state of the kernel. Commands carry no events, unless a profile is open, and
 * nobody waits for them but {@link #finish} and the reads of {@link Transfers}.
 */
final class OpenClDevice {
  private static final int LARGEST_ARGUMENT = 64;

  private final DeviceTraits traits;
  private final cl_device_id id;
  private final cl_context context;
  private final OpenClMemory memory;
  private final Programs programs;
  private final ByteBuffer argument =
      ByteBuffer.allocateDirect(LARGEST_ARGUMENT).order(ByteOrder.nativeOrder());
  private CommandQueue queue;
  private EventProfile profile;
  private boolean closed;
  private DeviceException lost;

  OpenClDevice(
      DeviceTraits traits, cl_platform_id platform, cl_device_id id, ProgramCache programCache) {
    this.traits = traits;
    this.id = id;
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
    context = CL.clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, null);
    try {
      queue = new CommandQueue(context, id, 0);
    } catch (CLException e) {
      CL.clReleaseContext(context);
      throw e;
    }
    memory = new OpenClMemory(context, traits, this);
    programs = new Programs(traits, context, id, programCache);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "teak-" + traits.name()));
  }

  DeviceTraits traits() {
    return traits;
  }

  OpenClMemory memory() {
    return memory;
  }

  /** The compiled kernel files; the caller holds this object's lock. */
  Programs programs() {
    return programs;
  }

  /**
   * The queue, for transfers; the caller holds this object's lock and asked {@link #requireOpen}.
   */
  CommandQueue queue() {
    return queue;
  }

  cl_context context() {
    return context;
  }

  cl_device_id id() {
    return id;
  }

  /** Whether a failure left the device's contents unknown, so that it refuses all further work. */
  synchronized boolean isLost() {
    return lost != null;
  }

  /** An event for a transfer about to be enqueued, or null where nobody profiles. */
  cl_event event(String command, double bytes) {
    return profile == null ? null : profile.expect(command, 0, bytes);
  }

  void requireOpen() {
    if (closed) {
      throw new DeviceException(traits.name() + ": the device is closed, for the JVM is ending");
    }
    if (lost != null) {
      throw new DeviceException(lost.getMessage(), lost);
    }
  }

  /**
   * Enqueues a kernel; over no items it does nothing.
   *
   * @param args OpenClBuffer, Integer, Long, Byte, Double (a number of the working type), int[] (a
   *     vector) or LocalMemory, in the kernel's order
   */
  synchronized void launch(Kernel kernel, Launch launch, Object... args) {
    if (launch.items() == 0) {
      return;
    }
    requireOpen();
    try {
      cl_kernel function = programs.kernel(kernel);
      double bytes = 0;
      for (int i = 0; i < args.length; i++) {
        bytes += setArgument(function, i, args[i], kernel.name());
      }
      enqueue(function, kernel.name(), launch, bytes);
    } catch (CLException e) {
      throw failed(
          "kernel "
              + kernel.name()
              + " of "
              + kernel.file()
              + ".cl over "
              + launch.items()
              + " items",
          e);
    }
  }

  /**
   * Enqueues a flat kernel: one that takes, after its {@code first} arguments, the number of
   * elements and how many of them an item walks.
   */
  void flat(Kernel kernel, long n, int block, Object[] first, Object... rest) {
    Object[] args = new Object[first.length + 2 + rest.length];
    System.arraycopy(first, 0, args, 0, first.length);
    args[first.length] = (int) n;
    args[first.length + 1] = block;
    System.arraycopy(rest, 0, args, first.length + 2, rest.length);
    launch(kernel, Launch.of((n + block - 1) / block, traits.flatGroup()), args);
  }

  private void enqueue(cl_kernel function, String name, Launch launch, double bytes) {
    cl_event event = profile == null ? null : profile.expect(name, launch.operations(), bytes);
    try {
      queue.launch(function, launch, event);
    } catch (CLException first) {
      if (!isMemory(first)) {
        dropped(event);
        throw first;
      }
      // Drivers allocate on first use: give them the pooled blocks and try once more.
      try {
        finish();
        memory.trim();
        queue.launch(function, launch, event);
      } catch (CLException e) {
        dropped(event);
        throw e;
      }
    }
  }

  /** Forgets an event whose command was not taken; null for none. */
  void dropped(cl_event event) {
    if (event != null) {
      profile.dropLast();
    }
  }

  /** Sets an argument; returns the bytes of device memory behind it. */
  private double setArgument(cl_kernel kernel, int index, Object value, String user) {
    if (value instanceof OpenClBuffer buffer) {
      buffer.usedBy(user);
      CL.clSetKernelArg(kernel, index, Sizeof.cl_mem, Pointer.to(buffer.block().handle));
      return buffer.bytes();
    }
    if (value instanceof LocalMemory local) {
      CL.clSetKernelArg(kernel, index, local.bytes(), null);
      return 0;
    }
    argument.clear();
    if (value instanceof Integer v) {
      argument.putInt(v);
    } else if (value instanceof Long v) {
      argument.putLong(v);
    } else if (value instanceof Byte v) {
      argument.put(v);
    } else if (value instanceof Double v && traits.real().bytes() == Double.BYTES) {
      argument.putDouble(v);
    } else if (value instanceof Double v) {
      argument.putFloat(v.floatValue());
    } else if (value instanceof int[] vector) {
      argument.asIntBuffer().put(vector);
      argument.position(vector.length * Integer.BYTES);
    } else {
      throw new IllegalArgumentException("kernel argument " + index + ": " + value);
    }
    int size = argument.position();
    argument.clear();
    CL.clSetKernelArg(kernel, index, size, Pointer.to(argument));
    return 0;
  }

  /** Waits until everything enqueued is done. */
  synchronized void finish() {
    requireOpen();
    try {
      queue.finish();
    } catch (CLException e) {
      throw failedWaiting("waiting for the queue", e);
    }
  }

  /** Begins to time kernels: on a queue of its own, for the usual one keeps no times. */
  synchronized Profile profile() {
    if (profile != null) {
      throw new IllegalStateException(
          traits.name() + ": a profile is open already; close it first");
    }
    switchQueue(new CommandQueue(context, id, CL.CL_QUEUE_PROFILING_ENABLE));
    profile = new EventProfile(this);
    return profile;
  }

  /** Ends what {@link #profile} began; harmless if done already. */
  void endProfile(EventProfile ended) {
    if (profile == ended) {
      profile = null;
      switchQueue(new CommandQueue(context, id, 0));
    }
  }

  /** Waits for what is enqueued, and goes on with another queue. */
  synchronized void switchQueue(CommandQueue next) {
    try {
      finish();
    } catch (DeviceException e) {
      next.release();
      throw e;
    }
    CommandQueue old = queue;
    queue = next;
    old.release();
  }

  /** What to throw where a command was not taken. */
  DeviceException failed(String what, CLException e) {
    if (e.getStatus() == CL.CL_DEVICE_NOT_AVAILABLE
        || e.getStatus() == CL.CL_INVALID_COMMAND_QUEUE
        || e.getStatus() == CL.CL_INVALID_CONTEXT) {
      return failedWaiting(what, e);
    }
    String answer = answer(what, e);
    return new DeviceException(isMemory(e) ? answer + ": " + memory.state() : answer, e);
  }

  /**
   * What to throw where commands were taken and did not end well, or never will: which of them were
   * done nobody knows, so nothing is to be read any more that could be wrong.
   */
  synchronized DeviceException failedWaiting(String what, CLException e) {
    if (lost == null) {
      lost =
          new DeviceException(
              answer(what, e)
                  + "; the device is lost, with all that it held: go on from the last checkpoint,"
                  + " here or with --device java",
              e);
    }
    return lost;
  }

  private String answer(String what, CLException e) {
    return traits.name() + ": " + what + ": the driver answered " + e.getMessage();
  }

  private static boolean isMemory(CLException e) {
    return e.getStatus() == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE
        || e.getStatus() == CL.CL_OUT_OF_RESOURCES
        || e.getStatus() == CL.CL_OUT_OF_HOST_MEMORY;
  }

  /** Gives everything back to the driver; done when the JVM ends. */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (lost == null) {
        queue.finish(); // a lost one might never answer
      }
      programs.close();
      memory.close();
      queue.release();
      CL.clReleaseContext(context);
    } catch (CLException e) {
      // The process ends, and the system takes back what the driver would not.
    }
  }
}
