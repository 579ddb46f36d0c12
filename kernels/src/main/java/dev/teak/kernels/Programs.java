package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/**
 * The compiled kernel files of one device, each built when its first kernel is asked for, from the
 * program cache where that has it. The caller holds the device's lock.
 */
final class Programs {
  private static final Pattern LINE_OF_OURS = Pattern.compile("\\.cl\"?[:(]\\d+");

  private final DeviceTraits traits;
  private final cl_context context;
  private final cl_device_id[] device;
  private final ProgramCache cache;
  private final Map<String, cl_program> programs = new HashMap<>();
  private final Map<Kernel, cl_kernel> kernels = new HashMap<>();

  /**
   * @param cache where compiled files are kept, or null where the driver keeps its own
   */
  Programs(DeviceTraits traits, cl_context context, cl_device_id device, ProgramCache cache) {
    this.traits = traits;
    this.context = context;
    this.device = new cl_device_id[] {device};
    this.cache = cache;
  }

  cl_kernel kernel(Kernel kernel) {
    return kernels.computeIfAbsent(
        kernel,
        k -> {
          cl_program program =
              programs.computeIfAbsent(
                  k.file() + " " + k.options(),
                  f -> build(k.file() + ".cl", KernelSource.of(k.file()), k.options()));
          return CL.clCreateKernel(program, k.name(), null);
        });
  }

  /** Compiles one kernel file, or takes what was compiled of the same text before. */
  cl_program build(String file, String source, String more) {
    String options = (traits.options() + " " + more).strip();
    if (cache == null) {
      return compile(file, source, options);
    }
    String key = cache.key(source, options);
    byte[] known = cache.read(key);
    cl_program program = known == null ? null : load(known, options);
    if (program == null) {
      program = compile(file, source, options);
      cache.write(key, binary(program));
    }
    return program;
  }

  private cl_program compile(String file, String source, String options) {
    for (boolean again = false; ; again = true) {
      cl_program program = null;
      try {
        program = CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, null);
        CL.clBuildProgram(program, 1, device, options, null, null);
        return program;
      } catch (CLException e) {
        String log = program == null ? "" : ClInfo.buildLog(program, device[0]);
        release(program);
        if (again || blamesTheSource(log)) {
          throw failure(file, options, log, e);
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

  private DeviceException failure(String file, String options, String log, CLException e) {
    return new DeviceException(
        traits.name()
            + ": kernel file "
            + file
            + " does not build ("
            + e.getMessage()
            + "), with "
            + options
            + ":\n"
            + log,
        e);
  }

  private static void release(cl_program program) {
    if (program != null) {
      CL.clReleaseProgram(program);
    }
  }

  /** A program from its compiled form, or null where the driver does not take it. */
  private cl_program load(byte[] binary, String options) {
    cl_program program = null;
    try {
      program =
          CL.clCreateProgramWithBinary(
              context,
              1,
              device,
              new long[] {binary.length},
              new byte[][] {binary},
              new int[1],
              null);
      CL.clBuildProgram(program, 1, device, options, null, null);
      return program;
    } catch (CLException e) {
      release(program);
      return null;
    }
  }

  private static byte[] binary(cl_program program) {
    long[] size = new long[1];
    CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
    byte[] binary = new byte[(int) size[0]];
    ByteBuffer direct = ByteBuffer.allocateDirect(binary.length);
    CL.clGetProgramInfo(
        program,
        CL.CL_PROGRAM_BINARIES,
        Sizeof.POINTER,
        Pointer.to(new Pointer[] {Pointer.to(direct)}),
        null);
    direct.get(binary);
    return binary;
  }

  void close() {
    kernels.values().forEach(CL::clReleaseKernel);
    programs.values().forEach(CL::clReleaseProgram);
    kernels.clear();
    programs.clear();
  }
}
