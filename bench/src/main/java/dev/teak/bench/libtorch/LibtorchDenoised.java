package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.teak.bench.Net;
import java.util.Arrays;
import java.util.stream.Stream;

/** {@link Net#DENOISED_CNN} on libtorch: the parameters of the autoencoder, then the network's. */
final class LibtorchDenoised extends LibtorchModel {
  private final LibtorchModel autoencoder;
  private final LibtorchModel classifier;

  LibtorchDenoised(Engine engine, NDManager owned) {
    super(engine, owned, Net.DENOISED_CNN);
    autoencoder = new LibtorchAutoencoder(engine, owned);
    classifier = new LibtorchCnn(engine, owned);
  }

  @Override
  NDArray[] initial(NDManager owner) {
    return Stream.of(autoencoder, classifier)
        .flatMap(m -> Arrays.stream(m.initial(owner)))
        .toArray(NDArray[]::new);
  }

  @Override
  NDArray logits(NDArray images, NDArray[] p, boolean training) {
    int front = LibtorchAutoencoder.PARAMETERS;
    NDArray denoised = autoencoder.logits(images, Arrays.copyOf(p, front), training);
    return classifier.logits(denoised, Arrays.copyOfRange(p, front, p.length), training);
  }
}
