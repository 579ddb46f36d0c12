package dev.teak.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/** Answers of the driver as Java values, through direct memory only. */
final class ClInfo {
  private ClInfo() {}

  /** One of the driver's query functions, with the object and the key bound. */
  private interface Query {
    void ask(long capacity, Pointer target, long[] size);
  }

  static long number(cl_device_id device, int key) {
    ByteBuffer answer = ask((n, p, s) -> CL.clGetDeviceInfo(device, key, n, p, s));
    return answer.remaining() >= Long.BYTES
        ? answer.getLong()
        : Integer.toUnsignedLong(answer.getInt());
  }

  static String text(cl_device_id device, int key) {
    return text(ask((n, p, s) -> CL.clGetDeviceInfo(device, key, n, p, s)));
  }

  static String text(cl_platform_id platform, int key) {
    return text(ask((n, p, s) -> CL.clGetPlatformInfo(platform, key, n, p, s)));
  }

  static String buildLog(cl_program program, cl_device_id device) {
    return text(
        ask(
            (n, p, s) ->
                CL.clGetProgramBuildInfo(program, device, CL.CL_PROGRAM_BUILD_LOG, n, p, s)));
  }

  private static ByteBuffer ask(Query query) {
    long[] size = new long[1];
    query.ask(0, null, size);
    ByteBuffer answer =
        ByteBuffer.allocateDirect((int) Math.max(1, size[0])).order(ByteOrder.nativeOrder());
    query.ask(answer.capacity(), Pointer.to(answer), null);
    return answer;
  }

  private static String text(ByteBuffer answer) {
    byte[] bytes = new byte[answer.remaining()];
    answer.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
  }
}
