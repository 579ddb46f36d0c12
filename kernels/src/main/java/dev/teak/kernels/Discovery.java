package dev.teak.kernels;

import dev.teak.engine.backend.BackendProvider.DeviceInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * What OpenCL devices there are, GPUs first, and what kept others from the list. Whatever the
 * machine lacks (library, driver, device) ends up as one line, never as an exception.
 *
 * @param found the devices that may be opened, numbered by their place
 * @param problem one line, or empty
 */
record Discovery(List<Found> found, String problem) {

  /** A device and where it hangs. */
  record Found(cl_platform_id platform, cl_device_id device, DeviceInfo info) {}

  private record Candidate(cl_platform_id platform, cl_device_id device, boolean gpu) {}

  /** Looks at the machine. */
  static Discovery run() {
    if (LoaderLibrary.isMissing()) {
      return none(
          "the OpenCL library is not there (libOpenCL.so.1); install an ICD loader, or name its"
              + " folder in LD_LIBRARY_PATH");
    }
    try {
      return search();
    } catch (CLException e) {
      return none(
          "no OpenCL driver answers (" + e.getMessage() + "); install a GPU's driver or PoCL");
    } catch (LinkageError | RuntimeException e) {
      // JOCL reports a missing libOpenCL as either, with the loader's story over many lines.
      return none("the OpenCL library does not load (" + firstLine(e) + "); install an ICD loader");
    }
  }

  private static Discovery none(String problem) {
    return new Discovery(List.of(), problem);
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().filter(l -> !l.isBlank()).findFirst().orElse("no reason given").strip();
  }

  private static Discovery search() {
    CL.setExceptionsEnabled(true);
    int[] count = new int[1];
    CL.clGetPlatformIDs(0, null, count);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    CL.clGetPlatformIDs(platforms.length, platforms, null);
    List<Candidate> candidates = new ArrayList<>();
    String problem = "";
    for (cl_platform_id platform : platforms) {
      String version = ClInfo.text(platform, CL.CL_PLATFORM_VERSION);
      // Asking PoCL for its devices is what installs its signal handler, so decide before that.
      String reason = PoclSignal.refusal(version, System.getenv());
      if (!reason.isEmpty()) {
        problem = reason;
        continue;
      }
      if (version.contains("PoCL")) {
        PoclCache.guard(System.getenv());
      }
      try {
        candidates.addAll(devices(platform));
      } catch (CLException e) {
        // One broken driver must not hide another's devices.
        problem = version + " does not list its devices (" + e.getMessage() + ")";
      }
    }
    candidates.sort(Comparator.comparing(c -> !c.gpu()));
    List<Found> found = new ArrayList<>();
    for (Candidate c : candidates) {
      DeviceInfo info = new DeviceInfo("opencl:" + found.size(), describe(c), c.gpu());
      found.add(new Found(c.platform(), c.device(), info));
    }
    if (found.isEmpty() && problem.isEmpty()) {
      return none("the driver lists no device");
    }
    return new Discovery(List.copyOf(found), problem);
  }

  private static List<Candidate> devices(cl_platform_id platform) {
    List<Candidate> result = new ArrayList<>();
    try {
      int[] count = new int[1];
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      cl_device_id[] devices = new cl_device_id[count[0]];
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, devices.length, devices, null);
      for (cl_device_id device : devices) {
        if (ClInfo.number(device, CL.CL_DEVICE_AVAILABLE) == 0) {
          continue;
        }
        long type = ClInfo.number(device, CL.CL_DEVICE_TYPE);
        result.add(new Candidate(platform, device, (type & CL.CL_DEVICE_TYPE_GPU) != 0));
      }
    } catch (CLException e) {
      if (e.getStatus() != CL.CL_DEVICE_NOT_FOUND) {
        throw e;
      }
    }
    return result;
  }

  private static String describe(Candidate c) {
    long memory = ClInfo.number(c.device(), CL.CL_DEVICE_GLOBAL_MEM_SIZE);
    return String.format(
        Locale.ROOT,
        "%s, %s, driver %s, %d compute units, %.1f GiB",
        ClInfo.text(c.device(), CL.CL_DEVICE_NAME),
        ClInfo.text(c.device(), CL.CL_DEVICE_VERSION),
        ClInfo.text(c.device(), CL.CL_DRIVER_VERSION),
        ClInfo.number(c.device(), CL.CL_DEVICE_MAX_COMPUTE_UNITS),
        memory / (1024.0 * 1024.0 * 1024.0));
  }

  /** PoCL's signal handler, which takes Java's division by zero away. */
  static final class PoclSignal {
    private PoclSignal() {}

    /**
     * Why a platform must not be asked for its devices, or nothing: PoCL before version 4 replaces
     * the JVM's SIGFPE handler, after which {@code 100 / 0} gives a number in every thread. It asks
     * the environment whether to, and Java cannot change its own environment.
     */
    static String refusal(String platformVersion, Map<String, String> environment) {
      int at = platformVersion.indexOf("PoCL ");
      boolean chained = environment.getOrDefault("LD_PRELOAD", "").contains("libjsig");
      if (at < 0 || chained || "0".equals(environment.get("POCL_SIGFPE_HANDLER"))) {
        return "";
      }
      String number = platformVersion.substring(at + 5).split("[^0-9]", 2)[0];
      if (!number.isEmpty() && Integer.parseInt(number) >= 4) {
        return "";
      }
      return "PoCL "
          + platformVersion.substring(at + 5).split("[ +]", 2)[0]
          + " would break Java's division by zero; start through ./teak or set"
          + " POCL_SIGFPE_HANDLER=0 in the environment";
    }
  }
}
