package dev.teak.nn;

import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Runs a model twice, the second time from one of its layers on, with another output of that layer:
 * for what must know a gradient there before it can decide what the layer is to give.
 *
 * <pre>{@code
 * Rerun rerun = new Rerun(model, model.getSubmodule("layer4"));
 * Tensor loss = rerun.first(() -> loss(model.forward(x)));
 * Tensor slope = Autograd.grad(loss, rerun.outputs().get(0));
 * rerun.again(f -> f.mul(slope.abs().lt(1e-3)), () -> loss(model.forward(x))).backward();
 * }</pre>
 *
 * <p>A part that was done before the layer's first call is not run again: it gives what it gave,
 * with its graph, so that one backward pass after the second run reaches the whole model. Run again
 * is what is behind the layer, and of the modules that the layer lies in what they compute by
 * themselves. Their direct parts are not fused with each other in either run. What lies behind the
 * layer leaves no trace of the first run: buffers such as running statistics move once, in the
 * second run, and dropout draws the same numbers in both.
 */
public final class Rerun {
  private final Module layer;
  private final Collection<Module> all;
  private final Set<Module> around = new LinkedHashSet<>(); // modules are equal to themselves alone
  private final Set<Module> told = new LinkedHashSet<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<Tensor> outputs = new ArrayList<>();
  private UnaryOperator<Tensor> change; // of the layer's outputs; null in the first run
  private Effects effects;
  private boolean before; // whether the layer has not been called yet
  private int depth; // calls under way
  private int next; // call to be found again

  /** A call that began before the layer's first. */
  private static final class Call {
    private final Module module;
    private List<Tensor> given; // null where the layer was called in it
    private int end; // the first call after it

    Call(Module module) {
      this.module = module;
    }
  }

  /**
   * Of one layer of a model.
   *
   * @throws IllegalArgumentException if it is none of this model
   */
  public Rerun(Module model, Module layer) {
    this.layer = layer;
    this.all = model.namedModules().values();
    if (!all.contains(layer)) {
      throw new IllegalArgumentException("rerun: the layer " + layer + " is no part of the model");
    }
    told.add(layer);
    for (Module each : all) {
      if (each != layer && each.namedModules().containsValue(layer)) {
        around.add(each);
        told.add(each);
        told.addAll(each.parts());
      }
    }
  }

  /**
   * The first run.
   *
   * @param pass runs the model, any number of times; it must call the same modules on the same
   *     inputs when it is run again
   * @throws IllegalStateException if a module around the layer is {@link Module#recompute
   *     recomputed}, which would run it once more, or another rerun of it is under way
   */
  public <T> T first(Supplier<T> pass) {
    for (Module each : around) {
      if (each.isRecomputing()) {
        throw new IllegalStateException(
            "rerun: the layer lies in a module that is recomputed, "
                + each.describe()
                + "; recompute parts of it beside the layer");
      }
    }
    calls.clear();
    outputs.clear();
    change = null;
    return watching(pass);
  }

  /**
   * What the layer gave in the first run, hooks included, one for each call: tensors that require a
   * gradient and that all behind the layer was computed from.
   */
  public List<Tensor> outputs() {
    return List.copyOf(outputs);
  }

  /**
   * The second run.
   *
   * @param changed the layer's output, in the place of that which it gave; called as often as the
   *     layer is
   * @param pass as in {@link #first}
   * @throws IllegalStateException if the modules are called in another order than in the first run
   */
  public <T> T again(UnaryOperator<Tensor> changed, Supplier<T> pass) {
    change = changed;
    next = 0;
    try {
      return watching(pass);
    } finally {
      calls.clear();
      outputs.clear();
    }
  }

  private <T> T watching(Supplier<T> pass) {
    try {
      told.forEach(m -> m.tell(this));
      return pass.get();
    } finally {
      told.forEach(m -> m.tell(null));
      depth = 0;
      undo();
    }
  }

  private void undo() {
    if (effects != null) {
      effects.close();
      effects = null;
    }
  }

  /** What a module gives that is called, and would give if it ran. */
  List<Tensor> called(Module module, Supplier<List<Tensor>> run) {
    if (depth == 0) {
      before = true;
    }
    depth++;
    List<Tensor> given =
        !before ? run.get() : change == null ? noted(module, run) : found(module, run);
    if (module == layer) {
      given = given.stream().map(change == null ? this::asked : change).toList();
    }
    depth--;
    if (depth == 0) {
      undo();
    }
    return given;
  }

  private List<Tensor> noted(Module module, Supplier<List<Tensor>> run) {
    Call call = new Call(module);
    calls.add(call);
    List<Tensor> given = run.get();
    if (before) {
      call.given = given;
      call.end = calls.size();
    }
    if (module == layer) {
      before = false;
      effects = Effects.of(all);
    }
    return given;
  }

  private List<Tensor> found(Module module, Supplier<List<Tensor>> run) {
    Call call = next < calls.size() ? calls.get(next) : null;
    if (call == null || call.module != module) {
      throw new IllegalStateException(
          "rerun: "
              + module.describe()
              + " is called where in the first run "
              + (call == null ? "nothing" : call.module.describe())
              + " was; both runs must call the same modules in the same order");
    }
    before = module != layer;
    if (call.given == null) {
      next++;
      return run.get();
    }
    next = call.end;
    return call.given;
  }

  /** A tensor of its own, whose gradient can be asked for. */
  private Tensor asked(Tensor given) {
    Tensor own =
        given.requiresGrad()
            ? given.reshape(given.shape().dims())
            : given.detach().requiresGrad(true);
    outputs.add(own);
    return own;
  }
}
