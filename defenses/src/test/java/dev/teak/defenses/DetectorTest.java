package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Autograd;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectorTest {
  /** Finds images whose brightness differs from that of the training images. */
  private record Brightness() implements DetectorDefense {
    @Override
    public double falsePositiveRate() {
      return 0.1;
    }

    @Override
    public Module score(Trainee trainee) {
      return new Score();
    }

    @Override
    public void fit(Module score, Fitting fitting) {
      Examples train = fitting.train();
      Tensor all = train.batch(new int[] {0, 1, 2, 3}, 0, 4).images();
      Update.assign(((Score) score).usual, all.mean().reshape(1));
    }

    /** With three times the gradient. */
    @Override
    public Module attackedThrough(Trainee trainee, Module score) {
      return Layers.of(Surrogate.bpda(score::forward, x -> score.forward(x).mul(3)));
    }

    private static final class Score extends Module {
      private final Tensor usual = buffer("usual", Tensor.zeros(1));

      @Override
      protected Tensor compute(Tensor x) {
        return x.mean(1, 2, 3).sub(usual).abs();
      }
    }
  }

  private static Tensor images() {
    return Halves.examples(2, 4).batch(new int[] {0, 1, 2, 3}, 0, 4).images();
  }

  private static double[] gradient(Module model) {
    Tensor x = images().requiresGrad(true);
    Tensor logits = model.forward(x);
    // Less the largest logit of the classes, it is how far the score is above the threshold.
    Tensor above = logits.slice(1, 2, 3, 1).sub(logits.slice(1, 0, 2, 1).maxKeepDims(1));
    return Autograd.grad(above.sum(), x).toDoubles();
  }

  @Test
  void whoeverKnowsOfItFollowsItsStandInWithWhatItHasLearned() {
    Module model = Halves.model();
    Trainee trainee = Trainee.of(model, Halves.IMAGE, 2, 1);
    try (Defended d = Defended.of(model, List.of(new Brightness()), trainee)) {
      d.fitDetectors(Halves.examples(1, 20));
      Module known = d.victim().model();
      assertArrayEquals(
          d.whole().forward(images()).toDoubles(), known.forward(images()).toDoubles());
      double[] own = gradient(d.naive().model());
      double[] followed = gradient(known);
      for (int i = 0; i < own.length; i++) {
        assertEquals(3 * own[i], followed[i], 1e-5, "pixel " + i);
      }
    }
  }
}
