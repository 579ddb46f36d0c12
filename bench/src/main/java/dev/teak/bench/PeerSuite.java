package dev.teak.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The works that {@code bench --peers} compares, and how many operations each takes. */
public final class PeerSuite {
  private static final int BATCH = 128;

  /** Forward pass of the CNN for one image: its two convolutions and its dense layer. */
  private static final double CNN_FORWARD =
      ConvShape.square(1, 28, 1, 32).flops()
          + ConvShape.square(1, 14, 32, 64).flops()
          + 2.0 * 10 * 64 * 7 * 7;

  private PeerSuite() {}

  /** The works whose name contains {@code filter}, whatever the case; all for an empty filter. */
  public static List<PeerPair> pairs(String filter) {
    String wanted = filter.toLowerCase(Locale.ROOT);
    List<PeerPair> pairs = new ArrayList<>(all());
    pairs.removeIf(pair -> !pair.work().toLowerCase(Locale.ROOT).contains(wanted));
    return List.copyOf(pairs);
  }

  private static List<PeerPair> all() {
    List<PeerPair> pairs = new ArrayList<>();
    for (int n : new int[] {256, 512, 1024, 2048}) {
      pairs.add(new PeerPair("gemm " + n, 2.0 * n * n * n, works -> works.gemm(n)));
    }
    addConv(pairs, ConvShape.square(32, 32, 64, 64));
    addConv(pairs, ConvShape.square(32, 16, 128, 128));
    pairs.add(trainingStep());
    pairs.add(pgd(10));
    return pairs;
  }

  private static void addConv(List<PeerPair> pairs, ConvShape shape) {
    pairs.add(
        new PeerPair(
            "conv 3x3 forward " + shape, shape.flops(), works -> works.convForward(shape)));
    pairs.add(
        new PeerPair(
            "conv 3x3 gradients " + shape, 3 * shape.flops(), works -> works.convGradients(shape)));
  }

  /** Forward and both gradients, but for the images, whose gradient nobody wants. */
  private static PeerPair trainingStep() {
    double flops = 3 * CNN_FORWARD - ConvShape.square(1, 28, 1, 32).flops();
    return new PeerPair(
        "mnist cnn training step, batch " + BATCH,
        BATCH * flops,
        works -> works.cnnTrainingStep(BATCH));
  }

  /** Each step is a forward pass and the gradient of the images. */
  private static PeerPair pgd(int steps) {
    return new PeerPair(
        "mnist cnn pgd-%d, batch %d".formatted(steps, BATCH),
        2.0 * steps * BATCH * CNN_FORWARD,
        works -> works.cnnPgd(BATCH, steps));
  }
}
