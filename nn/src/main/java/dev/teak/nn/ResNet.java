package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual networks of basic blocks (He et al. 2016) in the form that is usual for 32x32 images: a
 * first convolution 3x3 of stride 1 and no pooling behind it, then four stages. Names are
 * torchvision's.
 */
public final class ResNet extends Module {
  private final Conv2d conv1;
  private final BatchNorm bn1;
  private final Sequential[] stages = new Sequential[4];
  private final Linear fc;

  /**
   * With so many blocks in each of the stages.
   *
   * @param channels of the images
   * @param width channels of the first stage, 64 in the paper; each later one has twice as many
   * @param blocks of each of the four stages: 2, 2, 2, 2 is ResNet-18
   */
  public ResNet(int channels, int classes, int width, RandomStream init, int... blocks) {
    if (blocks.length != stages.length) {
      throw new IllegalArgumentException(
          "resnet: blocks of " + blocks.length + " stages; there are " + stages.length);
    }
    conv1 = submodule("conv1", Conv2d.of(channels, width, 3).padding(1).bias(false).init(init));
    bn1 = submodule("bn1", new BatchNorm(width));
    int in = width;
    for (int i = 0; i < stages.length; i++) {
      int out = width << i;
      Module[] stage = new Module[blocks[i]];
      for (int j = 0; j < stage.length; j++) {
        stage[j] = new ResidualBlock(in, out, i > 0 && j == 0 ? 2 : 1, init);
        in = out;
      }
      stages[i] = submodule("layer" + (i + 1), new Sequential(stage));
    }
    fc = submodule("fc", new Linear(in, classes, init));
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
    return bn1.forward(conv1.forward(x), null, true);
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
