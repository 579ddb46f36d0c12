package dev.teak.attacks.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SquareTest {
  @Test
  void theShareIsHalvedAfterTheQueriesOfThePaper() {
    Square plain = Square.of(ThreatModel.linf(0.1));
    int[] queries = {0, 10, 11, 50, 51, 200, 201, 500, 501, 1000, 1001, 2000, 2001, 4000, 4001};
    int[] halvings = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7};
    for (int i = 0; i < queries.length; i++) {
      assertEquals(0.8 / (1 << halvings[i]), plain.share(queries[i]), "query " + queries[i]);
    }
    // Fitted to 5000 queries, each half as late.
    Square rescaled = new Square(ThreatModel.linf(0.1), Goal.UNTARGETED, 5000, 0.8, true, 1, 0);
    assertEquals(0.8, rescaled.share(5));
    assertEquals(0.4, rescaled.share(6));
    assertEquals(0.8 / 512, rescaled.share(4999));
  }

  private static float[] uniform(long seed, int n) {
    return new RandomStream(seed, "u").uniform(Shape.of(n)).toFloats();
  }

  @Property(tries = 60)
  void linfSquaresChangeASquareByEpsilonAndNothingElse(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0.01, max = 0.5) double epsilon,
      @ForAll @DoubleRange(min = 0.01, max = 1) double p) {
    Shape image = Shape.of(6, 7, 2);
    LinfSquares squares = new LinfSquares(ThreatModel.linf(epsilon), image);
    float[] clean = uniform(seed, image.size());
    float[] best = squares.stripes(clean, uniform(seed + 1, squares.numbers()));
    for (int i = 0; i < clean.length; i++) {
      boolean atEnd = best[i] == 0 || best[i] == 1;
      assertTrue(Math.abs((double) best[i] - clean[i]) <= epsilon);
      assertTrue(atEnd || Math.abs((double) best[i] - clean[i]) > epsilon - 1e-6);
    }
    float[] next = squares.next(clean, best, p, uniform(seed + 2, Square.NEXT + 2));
    int changed = 0;
    for (int i = 0; i < clean.length; i++) {
      changed += next[i] == best[i] ? 0 : 1;
      assertTrue(Math.abs((double) next[i] - clean[i]) <= epsilon);
      assertTrue(next[i] >= 0 && next[i] <= 1);
    }
    int side = Math.max(1, Math.min(6, (int) Math.round(Math.sqrt(p * 42))));
    assertTrue(changed <= 2 * side * side, changed + " pixel values in a square of " + side);
  }

  @Property(tries = 60)
  void l2SquaresSpendAllOfEpsilonAndNoMore(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0.05, max = 1) double epsilon,
      @ForAll @DoubleRange(min = 0.01, max = 1) double p,
      @ForAll @IntRange(min = 3, max = 12) int side) {
    Shape image = Shape.of(side, side, 2);
    L2Squares squares = new L2Squares(ThreatModel.l2(epsilon), image);
    float[] clean = new float[image.size()];
    java.util.Arrays.fill(clean, 0.5f); // far enough from the ends that nothing is clipped
    float[] x = squares.stripes(clean, uniform(seed, squares.numbers()));
    for (int k = 0; k < 5; k++) {
      double size = Norm.L2.of(clean, x, 0, clean.length);
      assertTrue(size <= epsilon, "spent " + size);
      boolean clipped = false;
      for (float v : x) {
        clipped |= v == 0 || v == 1;
      }
      assertTrue(clipped || size > epsilon * 0.999, "spent " + size + " of " + epsilon);
      x = squares.next(clean, x, p, uniform(seed + 1 + k, Square.NEXT + 2));
    }
  }

  @Test
  void imagesNeedNotBeSquare() {
    int[][] shapes = {{4, 40, 1}, {40, 4, 3}, {1, 784, 1}, {784, 1, 1}, {2, 2, 3}, {1, 1, 1}};
    for (int[] s : shapes) {
      Shape image = Shape.of(s);
      for (ThreatModel threat : new ThreatModel[] {ThreatModel.linf(0.1), ThreatModel.l2(1)}) {
        Square square = Square.of(threat).queries(60);
        try (Scope scope = Scope.open()) {
          float[] clean = uniform(7, 2 * image.size());
          Tensor x = Tensor.of(clean, 2, s[0], s[1], s[2]);
          // Far from the boundary, so that all queries are made.
          Module net =
              Layers.of(
                  in -> {
                    Tensor mean = in.mean(1, 2, 3).reshape(-1, 1);
                    return Tensor.concat(1, List.of(mean.mul(0).add(9), mean));
                  });
          AdversarialBatch made = square.perturb(net, x, Tensor.ofInts(new int[2], 2));
          assertTrue(made.forwards() >= 2 * 60, "asked " + made.forwards() + " times");
          float[] after = made.images().toFloats();
          for (int i = 0; i < 2; i++) {
            int from = i * image.size();
            double moved = threat.norm().of(clean, after, from, from + image.size());
            assertTrue(moved <= threat.epsilon(), image + " moved by " + moved);
          }
          for (float v : after) {
            assertTrue(v >= 0 && v <= 1, image + " has a pixel " + v);
          }
        }
      }
    }
  }
}
