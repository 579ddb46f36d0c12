package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What running modules leaves behind beside their outputs, to be undone on close: buffers such as
 * running statistics, and the positions of random streams.
 */
final class Effects implements AutoCloseable {
  private final Map<Tensor, Tensor> buffers = new IdentityHashMap<>();
  private final Map<RandomStream, Long> positions = new IdentityHashMap<>();

  private Effects() {}

  /** All that these modules, without their parts, have on them from now on. */
  static Effects of(Collection<Module> modules) {
    Effects effects = new Effects();
    for (Module module : modules) {
      for (Tensor buffer : module.ownBuffers()) {
        if (buffer.dtype().isFloat()) {
          effects.buffers.computeIfAbsent(buffer, StateDict::copyOf);
        }
      }
      module.ownStreams().forEach(s -> effects.positions.put(s, s.position()));
    }
    return effects;
  }

  @Override
  public void close() {
    buffers.forEach(Update::assign);
    buffers.values().forEach(Tensor::release);
    positions.forEach(RandomStream::seek);
  }
}
