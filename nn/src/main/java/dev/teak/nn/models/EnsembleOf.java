package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.List;

/**
 * An {@link Ensemble} of models that are made alike, each with weights drawn by a seed of its own.
 * As one model it learns by the loss of its members' common answer; trained apart they are by a
 * recipe in folds.
 *
 * @param model of each member
 * @param members how many, 1 or more
 * @param combine how they come to one answer
 * @param recompute whether a member's activations are computed again in the backward pass, so that
 *     those of one member at a time take memory ({@link Module#recompute}); it costs a forward more
 *     and changes no number
 */
public record EnsembleOf(Architecture model, int members, Combine combine, boolean recompute)
    implements Architecture {
  /** Rejects an ensemble of nobody. */
  public EnsembleOf {
    WeightLayers.requireCount("members", members);
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    List<Module> built = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      Module member = model.build(image, classes, init.derived("member/" + i));
      member.recompute(recompute);
      built.add(member);
    }
    return new Ensemble(built, combine);
  }
}
