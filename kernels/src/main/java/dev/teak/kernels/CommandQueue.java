package dev.teak.kernels;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/**
 * The driver's in-order queue, and all that goes through it. Every method may throw a {@link
 * org.jocl.CLException}; what that means is for {@link OpenClDevice} to say. Tests put one in its
 * place that fails like a lost device.
 */
class CommandQueue {
  private final cl_command_queue handle;

  /**
   * @param properties of {@code clCreateCommandQueue}: 0, or to keep times
   */
  @SuppressWarnings(
      "deprecation") // the replacement is not in OpenCL 1.2, which some drivers stop at
  CommandQueue(cl_context context, cl_device_id device, long properties) {
    handle = CL.clCreateCommandQueue(context, device, properties, null);
  }

  /** Enqueues a kernel whose arguments are set. */
  void launch(cl_kernel kernel, Launch launch, cl_event event) {
    long[] global = {launch.global()};
    long[] local = {launch.group()};
    CL.clEnqueueNDRangeKernel(handle, kernel, 1, null, global, local, 0, null, event);
  }

  /** Enqueues a copy from staging memory, which must stay as it is until that is done. */
  void write(cl_mem to, long offset, long bytes, Pointer staging, cl_event event) {
    CL.clEnqueueWriteBuffer(handle, to, false, offset, bytes, staging, 0, null, event);
  }

  /** Copies to staging memory, after all that was enqueued before, and waits for it. */
  void read(cl_mem from, long offset, long bytes, Pointer staging, cl_event event) {
    CL.clEnqueueReadBuffer(handle, from, true, offset, bytes, staging, 0, null, event);
  }

  /** Waits until everything enqueued is done. */
  void finish() {
    CL.clFinish(handle);
  }

  void release() {
    CL.clReleaseCommandQueue(handle);
  }
}
