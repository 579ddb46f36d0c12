package dev.teak.kernels;

import dev.teak.engine.backend.Profile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/** Times of kernels from the driver's events, while a profile is open. */
final class EventProfile implements Profile {
  /** Events that may be pending: each holds memory of the driver's. */
  private static final int PENDING = 1000;

  private record Pending(String kernel, double operations, double bytes, cl_event event) {}

  private final OpenClDevice device;
  private final List<Pending> pending = new ArrayList<>();
  private final Map<String, KernelTime> sums = new HashMap<>();

  EventProfile(OpenClDevice device) {
    this.device = device;
  }

  /** An event for the command that is about to be enqueued; the caller holds the device's lock. */
  cl_event expect(String kernel, double operations, double bytes) {
    if (pending.size() >= PENDING) {
      collect();
    }
    cl_event event = new cl_event();
    pending.add(new Pending(kernel, operations, bytes, event));
    return event;
  }

  /** Forgets the event expected last: its command was not taken. */
  void dropLast() {
    pending.remove(pending.size() - 1);
  }

  private void collect() {
    device.finish();
    for (Pending p : pending) {
      double nanos = time(p.event, CL.CL_PROFILING_COMMAND_END);
      nanos -= time(p.event, CL.CL_PROFILING_COMMAND_START);
      CL.clReleaseEvent(p.event);
      sums.merge(
          p.kernel,
          new KernelTime(p.kernel, 1, nanos * 1e-9, p.operations, p.bytes),
          (a, b) ->
              new KernelTime(
                  a.kernel(),
                  a.calls() + b.calls(),
                  a.seconds() + b.seconds(),
                  a.operations() + b.operations(),
                  a.bytes() + b.bytes()));
    }
    pending.clear();
  }

  private static long time(cl_event event, int which) {
    long[] nanos = new long[1];
    CL.clGetEventProfilingInfo(event, which, Sizeof.cl_ulong, Pointer.to(nanos), null);
    return nanos[0];
  }

  @Override
  public List<KernelTime> rows() {
    synchronized (device) {
      collect();
      List<KernelTime> rows = new ArrayList<>(sums.values());
      rows.sort(Comparator.comparingDouble(KernelTime::seconds).reversed());
      return rows;
    }
  }

  @Override
  public void close() {
    synchronized (device) {
      collect();
      device.endProfile(this);
    }
  }
}
