package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.PoolWindow;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Residual networks (He et al. 2016): a first convolution, stages of blocks, each with half the
 * rows and columns and twice the channels of the one before it, a mean over the pixels and a linear
 * layer. Names are torchvision's. To be read aloud: {@code ResNet.of(3, 4, 6,
 * 3).bottleneck(1).imagenet().init(3, 1000, random)}.
 */
public final class ResNet extends Module {
  private static final PoolWindow POOL = PoolWindow.of(3).stride(2).padding(1);

  private final Conv2d conv1;
  private final BatchNorm bn1;
  private final boolean pooled;
  private final List<Sequential> stages = new ArrayList<>();
  private final Linear fc;

  /**
   * Of basic blocks, in the form that is usual for images of about 32 x 32.
   *
   * @param channels of the images
   * @param width channels of the first stage, 64 in the paper; each later one has twice as many
   * @param blocks of each stage: 2, 2, 2, 2 is ResNet-18
   */
  public ResNet(int channels, int classes, int width, RandomStream init, int... blocks) {
    this(of(blocks).width(width), channels, classes, init);
  }

  private ResNet(Builder b, int channels, int classes, RandomStream init) {
    int width = b.width;
    Conv2d.Builder first =
        b.imagenet
            ? Conv2d.of(channels, width, 7).stride(2).padding(3)
            : Conv2d.of(channels, width, 3).padding(1);
    conv1 = submodule("conv1", first.bias(false).init(init));
    bn1 = submodule("bn1", new BatchNorm(width));
    pooled = b.imagenet;
    int in = width;
    for (int i = 0; i < b.blocks.length; i++) {
      Module[] stage = new Module[b.blocks[i]];
      for (int j = 0; j < stage.length; j++) {
        int stride = i > 0 && j == 0 ? 2 : 1;
        stage[j] = b.block(in, width << i, stride, init);
        in = b.out(width << i);
      }
      stages.add(submodule("layer" + (i + 1), new Sequential(stage)));
    }
    fc = submodule(b.cifar ? "linear" : "fc", new Linear(in, classes, init));
  }

  /** With so many blocks in each of the stages, and a width of 64. */
  public static Builder of(int... blocks) {
    return new Builder(blocks);
  }

  /** Names the settings of a residual network. */
  public static final class Builder {
    private final int[] blocks;
    private int width = 64;
    private int inner; // 0 for basic blocks
    private boolean imagenet;
    private boolean cifar;

    private Builder(int... blocks) {
      this.blocks = blocks.clone();
    }

    /** Channels of the first stage; each later one has twice as many. */
    public Builder width(int channels) {
      width = channels;
      return this;
    }

    /**
     * Blocks of three convolutions that give four times the stage's channels.
     *
     * @param times as many channels as the stage has between them: 1, or 2 in the wide one
     *     (Zagoruyko and Komodakis, BMVC 2016)
     */
    public Builder bottleneck(int times) {
      inner = times;
      return this;
    }

    /** The first convolution 7x7 with a stride of 2, and a max-pooling behind it. */
    public Builder imagenet() {
      imagenet = true;
      return this;
    }

    /**
     * The form for CIFAR-10 (section 4.2 of the paper): shortcuts without parameters (option A).
     * The last layer is called {@code linear}, as in the implementations that people compare with.
     */
    public Builder cifar() {
      cifar = true;
      return this;
    }

    /** The network, for images of so many channels, with PyTorch's default initial values. */
    public ResNet init(int channels, int classes, RandomStream random) {
      return new ResNet(this, channels, classes, random);
    }

    private Module block(int in, int width, int stride, RandomStream init) {
      boolean same = stride == 1 && in == out(width);
      Supplier<Module> shortcut =
          () -> same ? null : cifar ? padded(in, width) : projected(in, out(width), stride, init);
      return inner == 0
          ? new ResidualBlock(in, width, stride, shortcut, init)
          : new Bottleneck(in, width * inner, out(width), stride, shortcut, init);
    }

    private int out(int width) {
      return inner == 0 ? width : 4 * width;
    }
  }

  private static Module projected(int in, int out, int stride, RandomStream init) {
    return new Sequential(
        Conv2d.of(in, out, 1).stride(stride).bias(false).init(init), new BatchNorm(out));
  }

  /** Option A: every other pixel, and channels of zeros before and behind those there are. */
  private static Module padded(int in, int out) {
    int more = (out - in) / 2;
    int all = Integer.MAX_VALUE;
    return Layers.of(
        x ->
            x.slice(1, 0, all, 2)
                .slice(2, 0, all, 2)
                .pad(new int[] {0, 0, 0, more}, new int[] {0, 0, 0, out - in - more}, 0));
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor y = stem(x);
    for (Module stage : stages) {
      y = stage.forward(y);
    }
    return head(y);
  }

  private Tensor stem(Tensor x) {
    Tensor y = bn1.forward(conv1.forward(x), null, true);
    return pooled ? Functional.maxPool2d(y, POOL) : y;
  }

  private Tensor head(Tensor x) {
    return fc.forward(x.mean(1, 2));
  }

  @Override
  protected List<Stretch> stretches() {
    List<Stretch> all = new ArrayList<>();
    all.add(new Stretch(this::stem, List.of(conv1, bn1)));
    for (Sequential stage : stages) {
      for (Module part : stage.isPlain() ? stage.layers() : List.of(stage)) {
        all.add(new Stretch(part::forward, List.of(part)));
      }
    }
    all.add(new Stretch(this::head, List.of(fc)));
    return all;
  }
}
