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

  /** The work of this name. */
  public static PeerPair pair(String work) {
    return all().stream().filter(pair -> pair.work().equals(work)).findFirst().orElseThrow();
  }

  private static List<PeerPair> all() {
    List<PeerPair> pairs = new ArrayList<>();
    for (int n : new int[] {256, 512, 1024, 2048}) {
      addGemm(pairs, n);
    }
    addStages(pairs, 32);
    addConv(pairs, "depthwise 3x3", ConvShape.depthwise(32, 112, 32, 1)); // MobileNetV2's
    addConv(pairs, "depthwise 3x3", ConvShape.depthwise(32, 56, 144, 2));
    addConv(pairs, "depthwise 3x3", ConvShape.depthwise(32, 14, 384, 1));
    addConv(pairs, "stem 3x3", new ConvShape(8, 224, 3, 32, 3, 2, 1)); // MobileNetV2's
    addConv(pairs, "stem 7x7", new ConvShape(8, 224, 3, 64, 7, 2, 1)); // ResNet-18's
    addPasses(pairs);
    addNet(pairs, Net.MNIST_CNN, 128, 40);
    addNet(pairs, Net.RESNET18, 32, 10);
    pairs.add(adversarialStep(Net.RESNET18, 32));
    addDenoised(pairs, 128, 40);
    return pairs;
  }

  /** What networks run beside convolutions, and forms of those that few libraries fuse. */
  private static void addPasses(List<PeerPair> pairs) {
    ConvShape expanding = new ConvShape(32, 56, 24, 144, 1, 1, 1); // MobileNetV2's
    pairs.add(
        new PeerPair(
            "conv 1x1 + relu6 " + expanding, expanding.flops(), w -> w.convRelu6(expanding)));
    for (ConvShape s :
        List.of(ConvShape.depthwise(32, 56, 144, 2), new ConvShape(32, 56, 64, 128, 3, 2, 1))) {
      String kind = s.groups() > 1 ? "depthwise" : "conv";
      pairs.add(
          new PeerPair(kind + " 3x3 padded behind " + s, s.flops(), w -> w.convPaddedBehind(s)));
    }
    int rows = 8 * 197; // of a vision transformer's base model, 8 images
    pairs.add(new PeerPair("gelu 1576x3072", 0, w -> w.gelu(rows, 3072)));
    pairs.add(new PeerPair("layer norm forward 1576x768", 0, w -> w.layerNorm(rows, 768)));
    pairs.add(
        new PeerPair("layer norm gradients 1576x768", 0, w -> w.layerNormGradients(rows, 768)));
    pairs.add(new PeerPair("resize n32 h256 to 224 c3", 0, w -> w.resize(32, 256, 224, 3)));
    pairs.add(new PeerPair("resize n8 h28 to 56 c64", 0, w -> w.resize(8, 28, 56, 64)));
  }

  private static List<PeerPair> large() {
    List<PeerPair> pairs = new ArrayList<>();
    addGemm(pairs, 1024);
    addGemm(pairs, 4096);
    addStages(pairs, 128);
    addNet(pairs, Net.MNIST_CNN, 128, 40);
    addNet(pairs, Net.RESNET18, 128, 10);
    return pairs;
  }

  private static void addGemm(List<PeerPair> pairs, int n) {
    pairs.add(new PeerPair("gemm " + n, 2.0 * n * n * n, works -> works.gemm(n)));
  }

  /** The 3x3 convolutions of ResNet-18's four stages. */
  private static void addStages(List<PeerPair> pairs, int batch) {
    for (int stage = 0; stage < 4; stage++) {
      addConv(pairs, "conv 3x3", ConvShape.of(batch, 32 >> stage, 64 << stage, 64 << stage));
    }
  }

  /** An autoencoder: its transposed convolutions, its training, and an attack that knows it. */
  private static void addDenoised(List<PeerPair> pairs, int batch, int steps) {
    for (ConvShape s :
        List.of(
            new ConvShape(batch, 14, 8, 8, 3, 2, 1),
            new ConvShape(batch, 28, 16, 8, 3, 2, 1),
            new ConvShape(32, 56, 64, 128, 3, 2, 1))) {
      pairs.add(
          new PeerPair("transposed 3x3 forward " + s, s.flops(), w -> w.convTransposeForward(s)));
      pairs.add(
          new PeerPair(
              "transposed 3x3 gradients " + s, 3 * s.flops(), w -> w.convTransposeGradients(s)));
    }
    double forward = batch * Net.AUTOENCODER.flops();
    pairs.add(
        new PeerPair(
            "autoencoder training step, batch " + batch,
            3 * forward,
            works -> works.trainingStep(Net.AUTOENCODER, batch)));
    pairs.add(pgd(Net.DENOISED_CNN, batch, steps));
  }

  private static void addConv(List<PeerPair> pairs, String kind, ConvShape shape) {
    pairs.add(
        new PeerPair(kind + " forward " + shape, shape.flops(), works -> works.convForward(shape)));
    pairs.add(
        new PeerPair(
            kind + " gradients " + shape, 3 * shape.flops(), works -> works.convGradients(shape)));
  }

  /** A training step is three forward passes' work. */
  private static void addNet(List<PeerPair> pairs, Net net, int batch, int steps) {
    String name = net.title() + " %s, batch " + batch;
    double forward = batch * net.flops();
    pairs.add(
        new PeerPair(
            name.formatted("training step"), 3 * forward, works -> works.trainingStep(net, batch)));
    pairs.add(
        new PeerPair(name.formatted("evaluation"), forward, works -> works.evaluation(net, batch)));
    pairs.add(pgd(net, batch, steps));
  }

  /** One gradient of the images, two forward passes' work, before a training step. */
  private static PeerPair adversarialStep(Net net, int batch) {
    return new PeerPair(
        net.title() + " n-fgsm training step, batch " + batch,
        5 * batch * net.flops(),
        works -> works.adversarialStep(net, batch));
  }

  /** A step wants one gradient: two forward passes' work. */
  private static PeerPair pgd(Net net, int batch, int steps) {
    return new PeerPair(
        net.title() + " pgd-" + steps + ", batch " + batch,
        2.0 * steps * batch * net.flops(),
        works -> works.pgd(net, batch, steps));
  }
}
