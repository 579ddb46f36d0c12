package dev.teak.nn.models;

import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lets an autoencoder whose last convolution goes through a sigmoid begin with the mean color of
 * its training images: the bias is the logit of each channel's mean. From the middle of the range,
 * mostly black images push every weight towards black at first, and out of a saturated sigmoid no
 * gradient leads back: with noise of 0.3 on MNIST one start in ten never gave anything but black,
 * here as in PyTorch.
 *
 * @param autoencoder whose last {@link Conv2d} gives the image
 */
record MeanColor(Module autoencoder) implements TrainingHooks {
  /** Images that are summed at once. */
  private static final int CHUNK = 256;

  /** A logit must be finite. */
  private static final double LEAST = 0.01;

  @Override
  public void fit(Examples train, int batch) {
    List<Conv2d> convolutions =
        autoencoder.namedModules().values().stream()
            .filter(Conv2d.class::isInstance)
            .map(Conv2d.class::cast)
            .toList();
    Tensor bias = convolutions.get(convolutions.size() - 1).namedParameters().get("bias");
    try (Scope scope = Scope.open()) {
      double[] logits = means(train);
      for (int c = 0; c < logits.length; c++) {
        double mean = Math.max(LEAST, Math.min(1 - LEAST, logits[c]));
        logits[c] = Math.log(mean / (1 - mean));
      }
      Update.assign(bias, Tensor.of(logits, logits.length));
    }
  }

  /** Of each channel. */
  private static double[] means(Examples train) {
    double[] means = new double[train.image().dim(2)];
    int[] all = IntStream.range(0, train.size()).toArray();
    for (int from = 0; from < all.length; from += CHUNK) {
      try (Scope scope = Scope.open()) {
        int to = Math.min(all.length, from + CHUNK);
        Tensor images = train.batch(all, from, to).images();
        double[] sums = images.sum(0, 1, 2).toDoubles();
        Shape image = train.image();
        for (int c = 0; c < sums.length; c++) {
          means[c] += sums[c] / ((double) all.length * image.dim(0) * image.dim(1));
        }
      }
    }
    return means;
  }
}
