package dev.teak.nn.attribution;

import dev.teak.engine.Autograd;
import dev.teak.engine.Hooks;
import dev.teak.engine.Images;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.settings.Optional;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gradient-weighted class activation maps (Selvaraju et al., "Grad-CAM", ICCV 2017, section 3): the
 * sum of a layer's feature maps, each times the mean of the logit's gradient there, where that is
 * above 0; brought to the image's size. It shows what speaks for the class, and as finely as the
 * layer's maps are.
 *
 * @param layer full name of the layer, as {@link Module#getSubmodule} takes it. Null for the last
 *     that gives maps of more than one pixel; of an ensemble the last of each member, whose maps
 *     are added
 */
public record GradCam(@Optional String layer) implements Attribution {
  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there is no such layer, or no feature maps
   */
  @Override
  public Tensor of(ClassScore score, Tensor images) {
    Collection<Module> layers =
        layer == null ? last(score.model(), images) : List.of(score.model().getSubmodule(layer));
    List<Tensor> maps = new ArrayList<>();
    List<Tensor> gradients;
    List<Module> recomputed = recomputed(score.model());
    recomputed.forEach(m -> m.recompute(false)); // else its maps would be gone, and others made
    try (Hooked hooks = new Hooked(layers, (m, in, out) -> asked(maps, out));
        Autograd.Mode recording = Autograd.enableGrad()) {
      gradients = score.gradients(images, maps);
    } finally {
      recomputed.forEach(m -> m.recompute(true));
    }
    if (maps.isEmpty()) {
      throw new IllegalArgumentException("gradcam: layer " + layer + " does not run");
    }
    int[] size = {images.shape().dim(1), images.shape().dim(2)};
    Tensor sum = Tensor.zeros(images.shape().dim(0), size[0], size[1], 1);
    for (int i = 0; i < maps.size(); i++) {
      sum = sum.add(Images.interpolate(cam(maps.get(i), gradients.get(i)), size, "bilinear"));
    }
    return sum;
  }

  /** {@code [N, h, w, K]} and its gradient to {@code [N, h, w, 1]} (equations 1 and 2). */
  private static Tensor cam(Tensor maps, Tensor gradient) {
    Tensor weights = gradient.meanKeepDims(1, 2); // [N, 1, 1, K]
    return weights.mul(maps.detach()).sumKeepDims(3).relu();
  }

  /** A layer's output as a tensor of its own, whose gradient can be asked for. */
  private Tensor asked(List<Tensor> maps, Tensor out) {
    if (!isMaps(out.shape())) {
      throw new IllegalArgumentException(
          "gradcam: layer "
              + layer
              + " gives "
              + out.shape()
              + "; expects feature maps [N, H, W, C] of more than one pixel");
    }
    Tensor own =
        out.requiresGrad() ? out.reshape(out.shape().dims()) : out.detach().requiresGrad(true);
    maps.add(own);
    return own;
  }

  private static boolean isMaps(Shape shape) {
    return shape.rank() == 4 && shape.dim(1) * shape.dim(2) > 1;
  }

  private static List<Module> recomputed(Module model) {
    return model.namedModules().values().stream().filter(Module::isRecomputing).toList();
  }

  /** The last layer that gives maps; the last of each member where there are any. */
  private static Collection<Module> last(Module model, Tensor images) {
    Collection<Module> all = model.namedModules().values();
    Map<Module, Module> member = new HashMap<>(); // modules are equal to themselves alone
    for (Module each : all) {
      if (each instanceof Ensemble ensemble) {
        ensemble.members().forEach(m -> m.namedModules().values().forEach(p -> member.put(p, m)));
      }
    }
    Map<Module, Module> last = new HashMap<>(); // of each member, and of the model around them
    Module.ForwardHook note =
        (layer, in, out) -> {
          if (isMaps(out.shape())) {
            last.put(member.getOrDefault(layer, model), layer);
          }
          return null;
        };
    try (Hooked hooks = new Hooked(all, note);
        Scope scope = Scope.open();
        Autograd.Mode plain = Autograd.noGrad()) {
      model.forward(images.rows(0, 1));
    }
    if (last.size() > 1) {
      last.remove(model);
    }
    if (last.isEmpty()) {
      throw new IllegalArgumentException(
          "gradcam: no layer of the model gives feature maps [N, H, W, C] of more than one pixel;"
              + " choose a method that asks for none");
    }
    return last.values();
  }

  /** A hook on several layers, until it is closed. */
  private static final class Hooked implements AutoCloseable {
    private final List<Hooks.Handle> handles = new ArrayList<>();

    Hooked(Collection<Module> layers, Module.ForwardHook hook) {
      layers.forEach(layer -> handles.add(layer.registerForwardHook(hook)));
    }

    @Override
    public void close() {
      handles.forEach(Hooks.Handle::close);
    }
  }
}
