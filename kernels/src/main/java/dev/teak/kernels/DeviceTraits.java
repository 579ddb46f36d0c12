package dev.teak.kernels;

import static org.jocl.CL.CL_DEVICE_DOUBLE_FP_CONFIG;
import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_LOCAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.jocl.CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_WORK_GROUP_SIZE;
import static org.jocl.CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT;
import static org.jocl.CL.CL_DEVICE_SINGLE_FP_CONFIG;
import static org.jocl.CL.CL_DEVICE_TYPE;
import static org.jocl.CL.CL_DEVICE_TYPE_CPU;
import static org.jocl.CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import org.jocl.cl_device_id;

/**
 * What the host code decides by.
 *
 * @param name what {@code --device} calls it
 * @param real the working type, FLOAT32 or FLOAT64
 * @param processor whether kernels take their form for processors (explicit vectors, one work-item
 *     a group) or for GPUs
 * @param lanes numbers in a vector of the processor form: 16, 8, 4 or 2; 1 in the GPU form
 * @param units compute units
 * @param memory bytes of device memory
 * @param maxAllocation bytes that one buffer may have
 * @param localMemory bytes of local memory a group may have
 * @param maxGroup work-items that one group may have
 * @param exactDivide whether division and square root can be asked to round correctly
 * @param doubles whether the device computes in double precision
 */
record DeviceTraits(
    String name,
    DType real,
    boolean processor,
    int lanes,
    int units,
    long memory,
    long maxAllocation,
    long localMemory,
    int maxGroup,
    boolean exactDivide,
    boolean doubles) {
  private static final int GPU_GROUP = 64;

  /** Asks the driver; a form with vectors where the device is a processor, in single precision. */
  static DeviceTraits of(String name, cl_device_id device) {
    boolean processor = (ClInfo.number(device, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0;
    return new DeviceTraits(
        name,
        DType.FLOAT32,
        processor,
        processor ? lanes(ClInfo.number(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT)) : 1,
        (int) ClInfo.number(device, CL_DEVICE_MAX_COMPUTE_UNITS),
        ClInfo.number(device, CL_DEVICE_GLOBAL_MEM_SIZE),
        ClInfo.number(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        ClInfo.number(device, CL_DEVICE_LOCAL_MEM_SIZE),
        (int) ClInfo.number(device, CL_DEVICE_MAX_WORK_GROUP_SIZE),
        (ClInfo.number(device, CL_DEVICE_SINGLE_FP_CONFIG) & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT)
            != 0,
        ClInfo.number(device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0);
  }

  /** The same device with kernels in another form, 1 being the GPU's: lets one machine test all. */
  DeviceTraits withLanes(int other) {
    return new DeviceTraits(
        name,
        real,
        other > 1,
        other,
        units,
        memory,
        maxAllocation,
        localMemory,
        maxGroup,
        exactDivide,
        doubles);
  }

  /**
   * The same device in double precision, under a name of its own.
   *
   * @throws DeviceException if it has none
   */
  DeviceTraits inDoubles(String newName) {
    if (!doubles) {
      throw new DeviceException(
          newName + ": this device does not compute in double precision; " + name + " is there");
    }
    return new DeviceTraits(
        newName,
        DType.FLOAT64,
        processor,
        processor ? lanes / 2 : 1,
        units,
        memory,
        maxAllocation,
        localMemory,
        maxGroup,
        exactDivide,
        true);
  }

  private static int lanes(long width) {
    return width >= 16 ? 16 : width >= 8 ? 8 : 4;
  }

  /** Work-items that share a reduction. */
  int reduceGroup() {
    return processor ? 1 : Math.min(GPU_GROUP, Integer.highestOneBit(maxGroup));
  }

  /** Work-items in a group of a kernel whose items work alone. */
  int flatGroup() {
    return processor ? 1 : Math.min(GPU_GROUP, maxGroup);
  }

  /** Compiler options shared by all kernel files. No fast math: kernels look for NaN. */
  String options() {
    return "-cl-std=CL1.2 -cl-denorms-are-zero -DREAL="
        + (real == DType.FLOAT64 ? "double -DDOUBLES" : "float")
        + " -DLANES="
        + lanes
        + " -DGROUP="
        + reduceGroup()
        + (exactDivide ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
  }

  /**
   * Elements that one item of a flat kernel walks. On a processor few enough that every thread gets
   * many groups (PoCL deals out at least 32 at a time), and a multiple of every vector.
   */
  int block(long n) {
    return processor ? (int) Math.max(64, Math.min(4096, n / (64L * units) / 64 * 64)) : 1;
  }

  /** The same for a kernel that works long on an element: even a few are worth every thread. */
  int smallBlock(long n) {
    return processor ? (int) Math.max(1, Math.min(64, n / (64L * units))) : 1;
  }
}
