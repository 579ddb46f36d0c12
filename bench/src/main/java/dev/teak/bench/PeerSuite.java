package dev.teak.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The works that {@code bench --peers} compares, and how many operations each takes. */
public final class PeerSuite {
  private PeerSuite() {}

  /** The works whose name contains {@code filter}, whatever the case; all for an empty filter. */
  public static List<PeerPair> pairs(String filter) {
    return chosen(all(), filter);
  }

  /** The same for a GPU, which the usual works leave idle for the most part. */
  static List<PeerPair> largePairs(String filter) {
    return chosen(large(), filter);
  }

  private static List<PeerPair> chosen(List<PeerPair> from, String filter) {
    String wanted = filter.toLowerCase(Locale.ROOT);
    List<PeerPair> pairs = new ArrayList<>(from);
    pairs.removeIf(pair -> !pair.work().toLowerCase(Locale.ROOT).contains(wanted));
    return List.copyOf(pairs);
  }

  private static List<PeerPair> all() {
    List<PeerPair> pairs = new ArrayList<>();
    for (int n : new int[] {256, 512, 1024, 2048}) {
      addGemm(pairs, n);
    }
    addStages(pairs, 32);
    addNet(pairs, Net.MNIST_CNN, 128);
    addNet(pairs, Net.RESNET18, 32);
    return pairs;
  }

  private static List<PeerPair> large() {
    List<PeerPair> pairs = new ArrayList<>();
    addGemm(pairs, 1024);
    addGemm(pairs, 4096);
    addStages(pairs, 128);
    addNet(pairs, Net.MNIST_CNN, 128);
    addNet(pairs, Net.RESNET18, 128);
    return pairs;
  }

  private static void addGemm(List<PeerPair> pairs, int n) {
    pairs.add(new PeerPair("gemm " + n, 2.0 * n * n * n, works -> works.gemm(n)));
  }

  /** The 3x3 convolutions of ResNet-18's four stages. */
  private static void addStages(List<PeerPair> pairs, int batch) {
    for (int stage = 0; stage < 4; stage++) {
      addConv(pairs, ConvShape.square(batch, 32 >> stage, 64 << stage, 64 << stage));
    }
  }

  private static void addConv(List<PeerPair> pairs, ConvShape shape) {
    pairs.add(
        new PeerPair(
            "conv 3x3 forward " + shape, shape.flops(), works -> works.convForward(shape)));
    pairs.add(
        new PeerPair(
            "conv 3x3 gradients " + shape, 3 * shape.flops(), works -> works.convGradients(shape)));
  }

  /**
   * A training step is three forward passes' work; a step of PGD, which wants one gradient, two.
   */
  private static void addNet(List<PeerPair> pairs, Net net, int batch) {
    String name = net.title() + " %s, batch " + batch;
    double forward = batch * net.flops();
    int steps = 10;
    pairs.add(
        new PeerPair(
            name.formatted("training step"), 3 * forward, works -> works.trainingStep(net, batch)));
    pairs.add(
        new PeerPair(name.formatted("evaluation"), forward, works -> works.evaluation(net, batch)));
    pairs.add(
        new PeerPair(
            name.formatted("pgd-" + steps),
            2 * steps * forward,
            works -> works.pgd(net, batch, steps)));
  }
}
