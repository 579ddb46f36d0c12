package dev.teak.defenses.layer;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.WrapperDefense;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Optional;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.util.KthSelector;

/**
 * Gradient masking by unused nodes (docs/papers/defense-comparison.md): of what a layer gives, or
 * of the gradient that comes back to it, the nodes that are small become 0, in training and at
 * test. Which are small is decided for each image by itself and by magnitude.
 *
 * <p>What is 0 has no gradient, so an attack that follows the model's own learns nothing of these
 * nodes, although they may wake up in its images. Whoever knows of it attacks with the gradient
 * that the same answers would have if no node were cut.
 *
 * @param below nodes of a smaller magnitude than this become 0; above 0. Of gradients, mind that a
 *     mean over a batch makes them smaller the larger it is
 * @param fraction this share of the nodes, the smallest, become 0, and what is as small as the
 *     largest of them; in (0, 1). Without this and {@code below} it is a tenth
 * @param layer full name of the layer, as {@link Module#getSubmodule} takes it; null for every relu
 * @param of what is cut
 */
public record UnusedNodes(
    @Optional Double below, @Optional Double fraction, @Optional String layer, Of of)
    implements WrapperDefense {
  private static final double TENTH = 0.1;

  /** What a node gives, or what it is told. */
  public enum Of {
    /** What the layer gives. */
    ACTIVATIONS,
    /** The gradient of what the layer gives. */
    GRADIENTS
  }

  /** Rejects a threshold and a share at once, and either out of range. */
  public UnusedNodes {
    if (below != null && fraction != null) {
      throw new IllegalArgumentException("fraction: stands beside below; give one of them");
    }
    if (below != null && (!(below > 0) || Double.isInfinite(below))) {
      throw new IllegalArgumentException("below: " + below + ": must be above 0, and finite");
    }
    if (fraction != null && !(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction: " + fraction + ": must be above 0 and below 1");
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there is no such layer, or no relu where none is named
   */
  @Override
  public Module wrap(Trainee trainee) {
    return of == Of.ACTIVATIONS
        ? giving(trainee, this::cut)
        : new Rewired(
            trainee.model(),
            layers(trainee.model()),
            layer -> layer.registerBackwardHook(this::cut),
            Map.of());
  }

  /** {@inheritDoc} It is that of the layers as if nothing were cut. */
  @Override
  public Module attackedThrough(Trainee trainee, Module wrapped) {
    return of == Of.ACTIVATIONS
        ? giving(trainee, Surrogate.straightThrough(this::cut))
        : trainee.model();
  }

  private Module giving(Trainee trainee, UnaryOperator<Tensor> instead) {
    return new Rewired(
        trainee.model(),
        layers(trainee.model()),
        layer -> layer.registerForwardHook((module, input, output) -> instead.apply(output)),
        Map.of());
  }

  private List<Module> layers(Module model) {
    return Rewired.layers("unused_nodes", model, layer);
  }

  /** Nodes {@code [N, ...]} without the small ones. */
  private Tensor cut(Tensor nodes) {
    Tensor size = nodes.detach().abs();
    Tensor kept = below == null ? size.gt(largestCut(size)) : size.ge(below);
    return nodes.mul(kept);
  }

  /** The largest magnitude that is cut, of each image: {@code [N, 1, ...]}. */
  private Tensor largestCut(Tensor size) {
    int images = size.shape().dim(0);
    int[] each = new int[size.shape().rank()];
    Arrays.fill(each, 1);
    each[0] = images;
    double[] limits = new double[images];
    if (size.shape().size() > 0) {
      double[] all = size.toDoubles();
      int nodes = all.length / images;
      int count = (int) ((fraction == null ? TENTH : fraction) * nodes);
      for (int i = 0; i < images; i++) {
        double[] row = Arrays.copyOfRange(all, i * nodes, (i + 1) * nodes);
        limits[i] = count == 0 ? -1 : new KthSelector().select(row, null, count - 1);
      }
    }
    return Tensor.of(limits, each);
  }
}
