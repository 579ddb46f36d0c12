package dev.teak.nn.models;

import dev.teak.engine.Autograd;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * A model of one's own: layers one after the other, as {@code conv 16 4 stride=2 padding=1; relu;
 * flatten; linear 10}. What each one takes follows from those before it.
 *
 * @param layers in order; the last gives the logits, or of an autoencoder the image, which only a
 *     layer such as {@code sigmoid} keeps in 0..1
 */
public record LayerList(List<Layer> layers) implements Architecture, Autoencoder {
  /** Takes a copy; rejects none. */
  public LayerList {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("layers: a model has one or more");
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException naming the layer that does not fit, and its input
   */
  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    String end = classes + " numbers, as of 'linear " + classes + "'";
    return build(
        image, init, Shape.of(classes), "a model of " + classes + " classes ends with " + end);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException naming the layer that does not fit, and its input
   */
  @Override
  public Module build(Shape image, RandomStream init) {
    return build(image, init, image, "an autoencoder ends with the shape of its images, " + image);
  }

  private Module build(Shape image, RandomStream init, Shape expected, String rule) {
    Module[] built = new Module[layers.size()];
    Shape at = image;
    for (int i = 0; i < built.length; i++) {
      try {
        built[i] = layers.get(i).build(at, init.derived("layer/" + i));
        at = output(built[i], at);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            called(i) + " does not fit its input " + at + ": " + e.getMessage(), e);
      }
    }
    if (!at.equals(expected)) {
      String given = at.rank() == 1 ? at.size() + " numbers" : at.toString();
      throw new IllegalArgumentException(
          called(built.length - 1) + " gives " + given + " for an image; " + rule);
    }
    return new Sequential(built);
  }

  private String called(int layer) {
    return "layer " + (layer + 1) + ", '" + Settings.text(layers.get(layer)) + "',";
  }

  /** What a layer makes of an image of this shape: it is tried, as only the layer itself knows. */
  private static Shape output(Module layer, Shape input) {
    int[] one = new int[input.rank() + 1];
    one[0] = 1;
    System.arraycopy(input.dims(), 0, one, 1, input.rank());
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad();
        Module.Evaluating eval = layer.evaluating()) {
      int[] out = layer.forward(Tensor.zeros(one)).shape().dims();
      return Shape.of(Arrays.copyOfRange(out, 1, out.length));
    }
  }
}
