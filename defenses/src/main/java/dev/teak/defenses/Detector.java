package dev.teak.defenses;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.StateDict;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.util.Arrays;

/**
 * A detector beside its model: how far the score of images lies above a threshold, {@code [N]};
 * those above 0 are taken for attacked. Its state is what the score has learned, and the threshold,
 * which is NaN until {@link #fit}. The model is no part of it.
 */
public final class Detector extends Module {
  private static final int BATCH = 128;

  private final DetectorDefense defense;
  private final Trainee trainee;
  private final Module score;
  private final Tensor threshold;

  /** Beside the trainee's model; it has not learned yet. */
  public Detector(DetectorDefense defense, Trainee trainee) {
    this(defense, trainee, defense.score(trainee), Tensor.of(new double[] {Double.NaN}, 1));
  }

  private Detector(DetectorDefense defense, Trainee trainee, Module score, Tensor threshold) {
    this.defense = defense;
    this.trainee = trainee;
    this.score = submodule("score", score);
    this.threshold = buffer("threshold", threshold);
  }

  @Override
  protected Tensor compute(Tensor images) {
    return score.forward(images).sub(threshold);
  }

  /**
   * Has the score learn beside the trained model, and puts the threshold where as many of the
   * images as the defense allows lie above it.
   *
   * @throws IOException as of {@link DetectorDefense#fit}
   */
  public void fit(Examples train) throws IOException {
    try (Module.Evaluating ofModel = trainee.model().evaluating();
        Module.Evaluating mode = evaluating()) {
      defense.fit(score, Fitting.of(trainee, train));
      double[] scores = scores(train);
      Arrays.sort(scores);
      int above = (int) Math.floor(defense.falsePositiveRate() * scores.length);
      double found =
          above == scores.length ? Double.NEGATIVE_INFINITY : scores[scores.length - 1 - above];
      try (Scope scope = Scope.open()) {
        Update.assign(threshold, Tensor.of(new double[] {found}, 1));
      }
    }
  }

  private double[] scores(Examples examples) {
    double[] scores = new double[examples.size()];
    int[] order = new int[examples.size()];
    Arrays.setAll(order, i -> i);
    try (Autograd.Mode plain = Autograd.noGrad()) {
      int to;
      for (int from = 0; from < order.length; from = to) {
        to = Math.min(order.length, from + BATCH);
        try (Scope scope = Scope.open()) {
          double[] some = score.forward(examples.batch(order, from, to).images()).toDoubles();
          System.arraycopy(some, 0, scores, from, some.length);
        }
      }
    }
    return scores;
  }

  /**
   * The same as whoever knows of it attacks it, with what it has learned by now.
   *
   * @param model gives the answers of the model that this stands beside, as it is attacked through
   */
  Detector attackedThrough(Module model) {
    Trainee beside = trainee.model(model);
    Module same = defense.score(beside);
    StateDict.copy("what was learned does not fit", score.stateDict(), same.stateDict());
    return new Detector(defense, beside, defense.attackedThrough(beside, same), threshold);
  }
}
