package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.backend.FusedOptimizer.Adam;
import dev.teak.engine.backend.FusedOptimizer.RmsProp;
import dev.teak.engine.backend.FusedOptimizer.Sgd;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The part of {@link BackendContract} about steps of optimizers, against their defaults. */
public interface OptimizerContract extends OnBackend {
  private static float[][] gradients(Random random, int size) {
    float[][] g = new float[5][];
    Arrays.setAll(g, i -> Values.apartFromZero(random, size));
    return g;
  }

  @Property(tries = 40)
  default void stepsOfSgdAgreeInAllForms(
      @ForAll(supplier = Shapes.Sizes.class) int size, @ForAll Random random) {
    float[] p = Values.apartFromZero(random, size);
    float[][] g = gradients(random, size);
    for (Sgd form :
        new Sgd[] {
          new Sgd(0.1, 0, 0, 0, false),
          new Sgd(0.1, 0, 0, 0.01, false),
          new Sgd(0.1, 0.9, 0, 0, false),
          new Sgd(0.1, 0.9, 0.25, 0.01, false),
          new Sgd(0.1, 0.9, 0, 0, true),
          new Sgd(0.1, 0.9, 0, 0.01, true)
        }) {
      for (boolean velocity : new boolean[] {false, true}) {
        if (velocity && form.momentum() == 0) {
          continue;
        }
        // Five steps of some ten roundings each, of quantities up to the sum of all gradients.
        Comparison.of(backend(), "sgdStep", form, size)
            .within(Tolerance.roundings(50, 12), s -> sgd(s, form, p, g, velocity));
      }
    }
  }

  private static Buffer sgd(Side s, Sgd form, float[] p, float[][] gradients, boolean velocity) {
    Buffer weight = s.floats(p);
    Buffer v = form.momentum() == 0 ? null : s.zeros(p.length);
    for (float[] g : gradients) {
      s.backend.sgdStep(form, weight, s.floats(g), v);
    }
    return velocity ? v : weight;
  }

  @Property(tries = 40)
  default void stepsOfAdamAgreeInAllForms(
      @ForAll(supplier = Shapes.Sizes.class) int size,
      @ForAll boolean decoupled,
      @ForAll boolean amsgrad,
      @ForAll Random random) {
    float[] p = Values.apartFromZero(random, size);
    float[][] g = gradients(random, size);
    for (double decay : new double[] {0, 0.01}) {
      String form = (decoupled ? "decoupled " : "") + (amsgrad ? "amsgrad " : "") + decay;
      Comparison c = Comparison.of(backend(), "adamStep", form, size);
      // The moments: five steps of some six roundings, m of values to 3 and v of values to 9.
      c.within(Tolerance.roundings(30, 3), s -> adam(s, decay, decoupled, amsgrad, p, g, 1));
      c.within(Tolerance.roundings(30, 9), s -> adam(s, decay, decoupled, amsgrad, p, g, 2));
      if (amsgrad) {
        c.within(Tolerance.roundings(30, 9), s -> adam(s, decay, decoupled, true, p, g, 3));
      }
      // The weight: a rounding of p (to 3) a step or so; the steps' errors are lr times less.
      c.within(Tolerance.roundings(40, 3), s -> adam(s, decay, decoupled, amsgrad, p, g, 0));
    }
  }

  private static Buffer adam(
      Side s,
      double decay,
      boolean decoupled,
      boolean amsgrad,
      float[] p,
      float[][] gradients,
      int which) {
    Buffer largest = amsgrad ? s.zeros(p.length) : null;
    Buffer[] state = {s.floats(p), s.zeros(p.length), s.zeros(p.length), largest};
    for (int i = 0; i < gradients.length; i++) {
      Adam settings = new Adam(0.01, 0.9, 0.9, 1e-8, decay, decoupled, i + 1);
      Buffer g = s.floats(gradients[i]);
      s.backend.adamStep(settings, state[0], g, state[1], state[2], state[3]);
    }
    return state[which];
  }

  @Example
  default void adamStandsStillWithoutAGradient() {
    float[] p = {1, -2, 0, 3, 4};
    float[][] g = new float[3][5];
    Comparison.of(backend(), "adamStep with zero gradients")
        .exact(s -> adam(s, 0, false, false, p, g, 0));
  }

  @Property(tries = 40)
  default void stepsOfRmsPropAgreeInAllForms(
      @ForAll(supplier = Shapes.Sizes.class) int size,
      @ForAll boolean centered,
      @ForAll boolean velocity,
      @ForAll Random random) {
    float[] p = Values.apartFromZero(random, size);
    float[][] g = gradients(random, size);
    RmsProp form = new RmsProp(0.01, 0.9, 1e-3, 0.01, velocity ? 0.5 : 0);
    Comparison c = Comparison.of(backend(), "rmsPropStep", form, centered ? "centered" : "", size);
    // The averages: five steps of some six roundings, of squares to 9 and of values to 3.
    c.within(Tolerance.roundings(30, 9), s -> rmsProp(s, form, centered, p, g, 1));
    if (centered) {
      c.within(Tolerance.roundings(30, 3), s -> rmsProp(s, form, true, p, g, 2));
    }
    // A step is at most 1 / sqrt(1 - alpha) = 3.2, or that over sqrt(alpha) where centered, and its
    // velocity twice that. The spread is no less than (1 - alpha) alpha = 0.09 of the latest
    // square,
    // and what cancels may cost 9 times as many digits of each of some 40 roundings, at lr times.
    c.within(Tolerance.roundings(40, 3 + 9), s -> rmsProp(s, form, centered, p, g, 0));
    if (velocity) {
      c.within(Tolerance.roundings(400, 7), s -> rmsProp(s, form, centered, p, g, 3));
    }
  }

  private static Buffer rmsProp(
      Side s, RmsProp form, boolean centered, float[] p, float[][] gradients, int which) {
    Buffer mean = centered ? s.zeros(p.length) : null;
    Buffer velocity = form.momentum() == 0 ? null : s.zeros(p.length);
    Buffer[] state = {s.floats(p), s.zeros(p.length), mean, velocity};
    for (float[] g : gradients) {
      s.backend.rmsPropStep(form, state[0], s.floats(g), state[1], mean, velocity);
    }
    return state[which];
  }

  /** Once the averages have settled, square - mean^2 is a rounding, which may be below 0. */
  @Example
  default void centeredRmsPropOfASteadyGradientStaysFinite() {
    float[] g = Values.apartFromZero(new Random(39), 200);
    float[] p = new float[g.length];
    RmsProp form = new RmsProp(0.01, 0.9, 1, 0, 0);
    float[][] steady = new float[300][];
    Arrays.fill(steady, g);
    try (Side s = Side.of(backend())) {
      s.backend.read(rmsProp(s, form, true, p, steady, 0), p);
    }
    for (float weight : p) {
      assertTrue(Float.isFinite(weight), "a weight became " + weight);
    }
  }
}
