package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * The undefended model of the comparison of defenses on MNIST (docs/papers): 3x3 convolutions, each
 * with batch norm, relu and, where two pixels are left either way, max-pooling 2; then dropout,
 * dense, relu, dense.
 *
 * @param layers convolutions, 2 to 5
 * @param width channels of each; the paper does not say
 * @param dropout probability, in [0, 1); the paper does not say
 * @param hidden width of the first dense layer
 */
public record ControlCnn(int layers, int width, double dropout, int hidden)
    implements Architecture {
  /** Rejects another depth, widths below 1, and what is no probability. */
  public ControlCnn {
    if (layers < 2 || layers > 5) {
      throw new IllegalArgumentException("layers: " + layers + ": must be in 2..5");
    }
    if (width < 1) {
      throw new IllegalArgumentException("width: " + width + ": must be 1 or more");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout: " + dropout + ": must be in [0, 1)");
    }
    if (hidden < 1) {
      throw new IllegalArgumentException("hidden: " + hidden + ": must be 1 or more");
    }
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    List<Module> all = new ArrayList<>();
    int h = image.dim(0);
    int w = image.dim(1);
    int channels = image.dim(2);
    for (int i = 0; i < layers; i++) {
      all.add(Conv2d.of(channels, width, 3).padding(1).bias(false).init(init));
      all.add(new BatchNorm(width));
      all.add(Layers.relu());
      channels = width;
      if (h > 1 && w > 1) { // [N, h, w, width] -> [N, h/2, w/2, width]
        all.add(Layers.maxPool2d(2));
        h /= 2;
        w /= 2;
      }
    }
    all.add(Layers.flatten());
    all.add(new Dropout(dropout, init.derived("dropout")));
    all.add(new Linear(Shape.of(h, w, width).size(), hidden, init));
    all.add(Layers.relu());
    all.add(new Linear(hidden, classes, init));
    return new Sequential(all.toArray(Module[]::new));
  }
}
