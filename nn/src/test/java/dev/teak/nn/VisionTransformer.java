package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.List;

/** torchvision's {@code vit_b_16} under its names: images of 224 x 224 in patches of 16 x 16. */
final class VisionTransformer extends Module {
  private static final int HIDDEN = 768;
  private static final int PATCHES = 14 * 14;

  private final Tensor classToken = parameter("class_token", Tensor.zeros(1, 1, HIDDEN));
  private final Conv2d patches;
  private final Encoder encoder;
  private final Module heads;

  VisionTransformer(int classes, RandomStream init) {
    patches = submodule("conv_proj", Conv2d.of(3, HIDDEN, 16).stride(16).init(init));
    encoder = submodule("encoder", new Encoder(init));
    heads = submodule("heads", new Head(new Linear(HIDDEN, classes, init)));
  }

  @Override
  protected Tensor compute(Tensor x) {
    int n = x.shape().dim(0);
    Tensor tokens = patches.forward(x).reshape(n, PATCHES, HIDDEN); // [N, 14, 14, E] -> [N, L, E]
    Tensor first = classToken.broadcastTo(Shape.of(n, 1, HIDDEN));
    Tensor y = encoder.forward(Tensor.concat(1, List.of(first, tokens)));
    return heads.forward(y.slice(new int[3], Shape.of(n, 1, HIDDEN)).reshape(n, HIDDEN));
  }

  private static final class Encoder extends Module {
    private final Tensor position =
        parameter("pos_embedding", Tensor.zeros(1, PATCHES + 1, HIDDEN));
    private final Module layers;
    private final Module norm;

    Encoder(RandomStream init) {
      layers = submodule("layers", new Blocks(init));
      norm = submodule("ln", LayerNorm.of(HIDDEN).eps(1e-6).init());
    }

    @Override
    protected Tensor compute(Tensor x) {
      return norm.forward(layers.forward(x.add(position)));
    }
  }

  private static final class Blocks extends Module {
    private final Module[] blocks = new Module[12];

    Blocks(RandomStream init) {
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = submodule("encoder_layer_" + i, new EncoderBlock(12, HIDDEN, 4 * HIDDEN, init));
      }
    }

    @Override
    protected Tensor compute(Tensor x) {
      for (Module block : blocks) {
        x = block.forward(x);
      }
      return x;
    }
  }

  private static final class Head extends Module {
    private final Module head;

    Head(Linear head) {
      this.head = submodule("head", head);
    }

    @Override
    protected Tensor compute(Tensor x) {
      return head.forward(x);
    }
  }
}
