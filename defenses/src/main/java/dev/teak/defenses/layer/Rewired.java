package dev.teak.defenses.layer;

import dev.teak.defenses.Trainee;
import dev.teak.engine.Autograd;
import dev.teak.engine.Hooks;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A model with something behind some of its layers, over its own weights. It stands there only
 * while this runs, so that the model by itself stays as it was. To save memory, recompute this and
 * not a part of the model: what runs again in the backward pass must be this as well.
 */
final class Rewired extends Module {
  private final Module model;
  private final List<Module> layers = new ArrayList<>();
  private final Function<Module, Hooks.Handle> hook;
  private final Map<String, Module> parts;

  /**
   * A model with a hook on layers.
   *
   * @param layers those of {@link #layers}
   * @param hook puts the hook on one of them
   * @param parts with parameters of their own, by name
   */
  Rewired(
      Module model,
      List<Module> layers,
      Function<Module, Hooks.Handle> hook,
      Map<String, Module> parts) {
    this.model = submodule("model", model);
    this.layers.addAll(layers);
    this.hook = hook;
    this.parts = parts;
    parts.forEach(this::submodule);
  }

  /** The same, with the same parts, over another form of the model with the same layers. */
  Rewired over(Module other) {
    return new Rewired(other, layers, hook, parts);
  }

  /**
   * The layer of a name, which may be the name that it has in a model inside of other defenses; all
   * relu layers where none is named.
   *
   * @param defense as complaints call it
   * @param name null for none
   * @throws IllegalArgumentException naming the layers there are
   */
  static List<Module> layers(String defense, Module model, String name) {
    if (name != null) {
      Module at = model;
      while (at instanceof Rewired outer && !at.namedModules().containsKey(name)) {
        at = outer.model;
      }
      return List.of(at.getSubmodule(name));
    }
    List<Module> relus = model.namedModules().values().stream().filter(Layers::isRelu).toList();
    if (relus.isEmpty()) {
      throw new IllegalArgumentException(
          defense
              + ": the model has no relu layer of its own; name a layer, of "
              + model.namedModules().keySet());
    }
    return relus;
  }

  /** What layers give of one image, those that run. */
  static Map<Module, Shape> outputs(Trainee trainee, List<Module> layers) {
    Map<Module, Shape> seen = new LinkedHashMap<>();
    Function<Module, Hooks.Handle> look =
        at ->
            at.registerForwardHook(
                (layer, in, out) -> {
                  seen.put(layer, out.shape());
                  return null;
                });
    Shape image = trainee.image();
    Module model = new Rewired(trainee.model(), layers, look, Map.of());
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad();
        Module.Evaluating eval = model.evaluating()) {
      model.forward(Tensor.zeros(1, image.dim(0), image.dim(1), image.dim(2)));
    }
    return seen;
  }

  @Override
  protected Tensor compute(Tensor x) {
    List<Hooks.Handle> handles = new ArrayList<>();
    try {
      return hooked(handles).forward(x);
    } finally {
      handles.forEach(Hooks.Handle::remove);
    }
  }

  /** The model inside all defenses, with their hooks: those of the inner ones nearer the layer. */
  private Module hooked(List<Hooks.Handle> handles) {
    Module inside = model instanceof Rewired inner ? inner.hooked(handles) : model;
    layers.forEach(layer -> handles.add(hook.apply(layer)));
    return inside;
  }
}
