package dev.teak.nn;

import dev.teak.engine.Recompute;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a module of several tensors be recomputed, which is made for one: all inputs but the first
 * are captured, and several outputs are joined to one and cut apart again.
 */
final class JoinedOutputs {
  private final Module module;
  private final List<Tensor> inputs;
  private final List<Shape> shapes = new ArrayList<>();

  private JoinedOutputs(Module module, List<Tensor> inputs) {
    this.module = module;
    this.inputs = inputs;
  }

  static List<Tensor> recomputed(Module module, List<Tensor> inputs) {
    JoinedOutputs joined = new JoinedOutputs(module, inputs);
    Module.Stretch whole = new Module.Stretch(joined::compute, List.of(module));
    return joined.apart(Recompute.of(List.of(whole.recomputed()), inputs.get(0)));
  }

  private Tensor compute(Tensor first) {
    List<Tensor> all = new ArrayList<>(inputs);
    all.set(0, first);
    List<Tensor> outputs = module.computeAll(all);
    shapes.clear();
    outputs.forEach(y -> shapes.add(y.shape()));
    return outputs.size() == 1
        ? outputs.get(0)
        : Tensor.concat(0, outputs.stream().map(y -> y.reshape(y.shape().size())).toList());
  }

  private List<Tensor> apart(Tensor joined) {
    if (shapes.size() == 1) {
      return List.of(joined);
    }
    List<Tensor> outputs = new ArrayList<>();
    int from = 0;
    for (Shape shape : shapes) {
      outputs.add(joined.rows(from, from + shape.size()).reshape(shape.dims()));
      from += shape.size();
    }
    return outputs;
  }
}
