package dev.teak.nn;

import dev.teak.engine.Autograd;
import dev.teak.engine.Hooks;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A model's state as PyTorch has it, and back: the one place where {@code NCHW} meets {@code NHWC}.
 * Kernels {@code [K, C, R, S]} become {@code [K, R, S, C]}, and the columns of a linear layer
 * behind a flatten go from the order C, H, W to H, W, C; numbers are moved and never changed.
 */
public final class TorchState {
  private static final String PARALLEL = "module.";
  private static final String VARIANCE = "running_var";

  /** {@code denselayer1.norm.1.weight}, as densely connected nets had it before PyTorch 0.4. */
  private static final Pattern OLD_DENSE =
      Pattern.compile("(.*denselayer\\d+\\.(?:norm|relu|conv))\\.([12]\\..+)");

  private TorchState() {}

  /**
   * Gives a model the weights of a PyTorch one that has the same names: all of them, or none where
   * anything does not fit. A prefix {@code module.} before all names and the old names of densely
   * connected nets are understood.
   *
   * @param image {@code [H, W, C]}, on which the model is tried to find what it flattens
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape
   */
  public static void load(Module model, Shape image, Map<String, Tensor> state) {
    try (Scope scope = Scope.open()) {
      model.loadStateDict(toOurs(model, image, state));
    }
  }

  /**
   * A PyTorch state under a model's names and in its layout; what the model does not have is left
   * as it is. The tensors that had to be moved belong to the scope that is open.
   *
   * @param image {@code [H, W, C]}
   */
  public static Map<String, Tensor> toOurs(Module model, Shape image, Map<String, Tensor> state) {
    Map<String, Shape> flattened = flattened(model, image);
    Map<String, Tensor> ours = new LinkedHashMap<>();
    try (Autograd.Mode plain = Autograd.noGrad()) {
      named(state)
          .forEach(
              (name, t) -> {
                Shape pixels = flattened.get(name);
                if (t.shape().rank() == 4) {
                  t = t.permute(0, 2, 3, 1);
                } else if (pixels != null && t.shape().dim(-1) == pixels.size()) {
                  Shape chw = Shape.of(pixels.dim(2), pixels.dim(0), pixels.dim(1));
                  t = columns(t, chw, 1, 2, 0);
                }
                ours.put(name, t);
              });
    }
    return ours;
  }

  /**
   * A model's state as {@code load_state_dict} takes it, with a {@code num_batches_tracked} of 0
   * for each batch norm that does not count. The tensors that had to be moved belong to the scope
   * that is open.
   *
   * @param image {@code [H, W, C]}
   */
  public static Map<String, Tensor> of(Module model, Shape image) {
    Map<String, Shape> flattened = flattened(model, image);
    Map<String, Tensor> theirs = new LinkedHashMap<>();
    Map<String, Tensor> ours = model.stateDict();
    try (Autograd.Mode plain = Autograd.noGrad()) {
      ours.forEach(
          (name, t) -> {
            if (t.shape().rank() == 4) {
              t = t.permute(0, 3, 1, 2);
            } else if (flattened.containsKey(name)) {
              t = columns(t, flattened.get(name), 2, 0, 1);
            }
            theirs.put(name, t);
            String counter = name.replace(VARIANCE, BatchNorm.COUNTER);
            if (name.endsWith(VARIANCE) && !ours.containsKey(counter)) {
              theirs.put(counter, Tensor.ofInts(new int[1]));
            }
          });
    }
    return theirs;
  }

  /** The last axis taken as these extents, and these permuted. */
  private static Tensor columns(Tensor t, Shape extents, int... axes) {
    int rows = t.shape().size() / extents.size();
    Tensor apart = t.reshape(rows, extents.dim(0), extents.dim(1), extents.dim(2));
    return apart.permute(0, axes[0] + 1, axes[1] + 1, axes[2] + 1).reshape(t.shape().dims());
  }

  private static Map<String, Tensor> named(Map<String, Tensor> state) {
    boolean parallel = state.keySet().stream().allMatch(name -> name.startsWith(PARALLEL));
    Map<String, Tensor> named = new LinkedHashMap<>();
    state.forEach(
        (name, t) -> {
          String bare = parallel ? name.substring(PARALLEL.length()) : name;
          named.put(OLD_DENSE.matcher(bare).replaceFirst("$1$2"), t);
        });
    return named;
  }

  /**
   * Of what has a column for each number of a flattened image, that image's shape. Only a run shows
   * this: a flatten may be a layer, or a reshape in a model's own code.
   */
  private static Map<String, Shape> flattened(Module model, Shape image) {
    Map<String, Shape> found = new LinkedHashMap<>();
    Shape[] last = {image}; // the last image [H, W, C] that was seen; null behind a linear layer
    List<Hooks.Handle> handles = new ArrayList<>();
    try (Scope scope = Scope.open();
        Autograd.Mode plain = Autograd.noGrad();
        Module.Evaluating evaluating = model.evaluating()) {
      model
          .namedModules()
          .forEach(
              (name, module) ->
                  handles.add(
                      module.registerForwardHook(
                          (m, x, y) -> {
                            see(name, m, x, y, last, found);
                            return null;
                          })));
      model.forward(Tensor.zeros(1, image.dim(0), image.dim(1), image.dim(2)));
    } finally {
      handles.forEach(Hooks.Handle::close);
    }
    return found;
  }

  private static void see(
      String name, Module m, Tensor x, Tensor y, Shape[] last, Map<String, Shape> found) {
    boolean flat = last[0] != null && x.shape().rank() == 2 && x.shape().dim(1) == last[0].size();
    String prefix = name.isEmpty() ? "" : name + ".";
    if (flat && m instanceof Linear) {
      found.put(prefix + "weight", last[0]);
    } else if (flat) { // a norm between the flatten and the linear layer
      m.stateDict()
          .forEach(
              (own, t) -> {
                if (!own.contains(".") && t.shape().equals(Shape.of(last[0].size()))) {
                  found.put(prefix + own, last[0]);
                }
              });
    }
    if (m instanceof Linear) {
      last[0] = null;
    } else if (y.shape().rank() == 4) {
      last[0] = Shape.of(y.shape().dim(1), y.shape().dim(2), y.shape().dim(3));
    }
  }
}
