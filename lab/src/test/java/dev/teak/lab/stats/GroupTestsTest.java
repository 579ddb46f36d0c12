package dev.teak.lab.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.stats.Pairwise.Pair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of several models at once, and of all their pairs. */
class GroupTestsTest {
  private static final double EXACT = 1e-12;

  /** Dobson's plant weights (1983), the data set PlantGrowth of R. */
  private static final List<Runs> PLANTS =
      List.of(
          Runs.of("ctrl", 4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14),
          Runs.of("trt1", 4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69),
          Runs.of("trt2", 6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26));

  /** Hollander and Wolfe (1973), p. 116, the example of R's kruskal.test. */
  private static final List<Runs> DUST =
      List.of(
          Runs.of("normal", 2.9, 3.0, 2.5, 2.6, 3.2),
          Runs.of("obstructive", 3.8, 2.7, 4.0, 2.4),
          Runs.of("asbestosis", 2.8, 3.4, 3.7, 2.2, 2.0));

  private static final List<Runs> SAME =
      List.of(Runs.of("a", 0.5, 0.5, 0.5), Runs.of("b", 0.5, 0.5, 0.5));

  @Test
  void theAnalysisOfVarianceAgreesWithR() {
    // anova(lm(weight ~ group, PlantGrowth)): F 4.8461 of 2 and 27, Pr(>F) 0.01591; sums of
    // squares 3.76634 between and 10.49209 within.
    Anova a = Anova.of(PLANTS);
    assertEquals(4.8461, a.f(), 5e-5);
    assertEquals(0.01591, a.p(), 5e-6);
    assertEquals(2, a.between());
    assertEquals(27, a.within());
    assertEquals(3.76634 / (3.76634 + 10.49209), a.etaSquared(), 1e-6);
  }

  @Test
  void theAnalysisOfVarianceIsAsWorkedByHand() {
    // Means 2, 3 and 7 about 4: between 3 (4 + 1 + 9) = 42, within 2 + 2 + 2 = 6: F = 21 / 1.
    List<Runs> groups =
        List.of(Runs.of("a", 1, 2, 3), Runs.of("b", 2, 3, 4), Runs.of("c", 6, 7, 8));
    assertEquals(21, Anova.of(groups).f(), EXACT);
    assertEquals(42 / 48.0, Anova.of(groups).etaSquared(), EXACT);
    // Of 2 and 6 degrees the tail of F is (1 + F / 3)^-3.
    assertEquals(Math.pow(8, -3), Anova.of(groups).p(), EXACT);
  }

  @Test
  void theAnalysisOfVarianceKeepsTheDigitsInWhichValuesDiffer() {
    // The same as by hand, a millionth apart at 1000: the values themselves have 1e-13 / 1e-6 of
    // error, squares of them would have 1e-10 / 1e-12.
    double step = 1e-6;
    List<Runs> groups =
        List.of(
            Runs.of("a", 1000 + step, 1000 + 2 * step, 1000 + 3 * step),
            Runs.of("b", 1000 + 2 * step, 1000 + 3 * step, 1000 + 4 * step),
            Runs.of("c", 1000 + 6 * step, 1000 + 7 * step, 1000 + 8 * step));
    assertEquals(21, Anova.of(groups).f(), 1e-5);
  }

  @Test
  void kruskalAndWallisAgreeWithR() {
    // Kruskal-Wallis chi-squared = 0.77143, df = 2, p-value = 0.68.
    KruskalWallis k = KruskalWallis.of(DUST);
    assertEquals(0.77143, k.h(), 5e-6);
    assertEquals(2, k.df());
    assertEquals(Math.exp(-k.h() / 2), k.p(), EXACT, "chi squared of two degrees");
  }

  @Test
  void kruskalAndWallisCorrectForTies() {
    // Of PlantGrowth, where 4.17 stands twice, R prints 7.9882 and 0.01842.
    assertEquals(7.9882, KruskalWallis.of(PLANTS).h(), 5e-5);
    assertEquals(0.01842, KruskalWallis.of(PLANTS).p(), 5e-6);
    // Ranks 2, 2, 2 and 5, 5, 5 of values 0 and 1: all of N - 1 = 5 is explained.
    List<Runs> tied = List.of(Runs.of("a", 0, 0, 0), Runs.of("b", 1, 1, 1));
    assertEquals(5, KruskalWallis.of(tied).h(), EXACT);
  }

  @Test
  void dunnsTestIsAsWorkedByHand() {
    // Mean ranks 2, 5 and 8 of 9 runs: the variance of a rank is 9 * 10 / 12 = 7.5, z of
    // neighbours 3 / sqrt(7.5 * 2 / 3) = 1.34164 and of the outer two 2.68328; their tails doubled
    // are 0.179712 and 0.007290.
    List<Runs> groups =
        List.of(Runs.of("a", 1, 2, 3), Runs.of("b", 4, 5, 6), Runs.of("c", 7, 8, 9));
    Pairwise dunn = KruskalWallis.dunn(groups);
    assertEquals(0.179712, dunn.pair(0, 1).p(), 5e-7);
    assertEquals(0.007290, dunn.pair(0, 2).p(), 5e-7);
    assertEquals(3 * dunn.pair(0, 2).p(), dunn.pair(2, 0).holm(), EXACT);
    assertEquals(2 * dunn.pair(0, 1).p(), dunn.pair(1, 2).holm(), EXACT);
    assertEquals(1, dunn.significant());
  }

  @Test
  void everyPairStandsOnceAndHolmCountsThemAll() {
    Pairwise all = Pairwise.of(PairTest.WELCH_T, PLANTS);
    assertEquals(3, all.pairs().size());
    assertEquals("trt2", all.names().get(all.pairs().get(2).second()));
    // R: t.test(weight ~ group) of trt1 and trt2 has t = -3.0101 and p = 0.009298.
    Pair best = all.pair(1, 2);
    assertEquals(0.009298, best.p(), 5e-7);
    assertEquals(3 * best.p(), best.holm(), EXACT);
    assertEquals(4.661 - 5.526, best.difference(), EXACT);
    assertTrue(best.isSignificant());
  }

  @Test
  void pairsAreOfTheSameSeedWhateverElseIsMissing() {
    Runs a = new Runs("a", new TreeMap<>(Map.of(1L, 9.0, 2L, 1.0, 3L, 2.0, 4L, 3.0)));
    Runs b = new Runs("b", new TreeMap<>(Map.of(2L, 0.0, 3L, 1.0, 4L, 3.0, 7L, -5.0)));
    Pair pair = Pairwise.of(PairTest.PAIRED_T, List.of(a, b)).pair(0, 1);
    assertEquals(
        Significance.pairedT(new double[] {1, 2, 3}, new double[] {0, 1, 3}), pair.p(), EXACT);
    assertEquals(2 / 3.0, pair.difference(), EXACT);
  }

  @Test
  void twoSeedsInCommonSayNothing() {
    Runs a = Runs.of("a", 1, 2, 3, 4);
    Runs b = new Runs("b", new TreeMap<>(Map.of(3L, 0.0, 4L, 1.0, 5L, 3.0)));
    Pair pair = Pairwise.of(PairTest.WILCOXON, List.of(a, b)).pair(0, 1);
    assertTrue(Double.isNaN(pair.p()) && Double.isNaN(pair.holm()));
    assertEquals("a and b share 2 seeds; below 3 nothing can be said.", pair.unsaid());
  }

  @Test
  void aModelOfOneRunTakesNoPartAndTheOthersAreStillTested() {
    List<Runs> groups = List.of(PLANTS.get(0), PLANTS.get(1), Runs.of("lone", 4));
    Pairwise all = Pairwise.of(PairTest.MANN_WHITNEY, groups);
    assertEquals("lone has 1 run; below 3 nothing can be said.", all.pair(0, 2).unsaid());
    assertEquals(all.pair(0, 1).p(), all.pair(0, 1).holm(), "corrected for tests not made");
    assertEquals("lone has 1 run; below 3 nothing can be said.", Anova.of(groups).unsaid());
    assertTrue(Double.isNaN(Anova.of(groups).p()));
    assertTrue(Double.isNaN(KruskalWallis.of(groups).p()));
    assertFalse(KruskalWallis.dunn(groups).pair(0, 1).isTested());
  }

  @Test
  void aRunWithoutAFigureSaysSo() {
    List<Runs> groups = List.of(Runs.of("a", 1, 2, Double.NaN, 4), Runs.of("b", 1, 2, 3, 4));
    assertEquals("A run of a has no figure.", Anova.of(groups).unsaid());
    assertEquals("A run of a has no figure.", KruskalWallis.of(groups).unsaid());
    for (PairTest test : PairTest.values()) {
      Pairwise all = Pairwise.of(test, groups);
      assertEquals("A run of a has no figure.", all.pair(0, 1).unsaid(), test.title());
      assertFalse(all.canDecide(), test.title());
    }
  }

  @Test
  void runsThatNeverDifferGiveNoSignOfADifference() {
    assertEquals(1, Anova.of(SAME).p());
    assertTrue(Double.isNaN(Anova.of(SAME).f()));
    assertEquals(1, KruskalWallis.of(SAME).p());
    assertEquals(1, KruskalWallis.dunn(SAME).pair(0, 1).p());
  }

  @ParameterizedTest
  @EnumSource(PairTest.class)
  void equalRunsGiveAPOfOne(PairTest test) {
    assertEquals(1, Pairwise.of(test, SAME).pair(0, 1).p());
  }

  @Test
  void modelsThatDifferWithoutAnySpreadDifferSurely() {
    List<Runs> groups = List.of(Runs.of("a", 0.1, 0.1, 0.1), Runs.of("b", 0.3, 0.3, 0.3));
    assertEquals(0, Anova.of(groups).p());
    assertEquals(1, Anova.of(groups).etaSquared());
    assertEquals(Double.POSITIVE_INFINITY, Anova.of(groups).f());
    assertEquals(0, Pairwise.of(PairTest.WELCH_T, groups).pair(0, 1).p());
  }

  @Test
  void ranksOfThreeRunsCannotDecide() {
    List<Runs> groups = List.of(Runs.of("a", 1, 2, 3), Runs.of("b", 7, 8, 9));
    Pairwise ranks = Pairwise.of(PairTest.MANN_WHITNEY, groups);
    assertEquals(0.1, ranks.least(), EXACT);
    assertEquals(ranks.least(), ranks.pair(0, 1).p(), EXACT);
    assertFalse(ranks.canDecide());
    assertEquals(0.25, Pairwise.of(PairTest.WILCOXON, groups).least(), EXACT);
    assertTrue(Pairwise.of(PairTest.WELCH_T, groups).canDecide());
  }

  @Test
  void oneModelIsNotCompared() {
    List<Runs> one = PLANTS.subList(0, 1);
    assertEquals("There are no two models to compare.", Anova.of(one).unsaid());
    assertEquals(List.of(), Pairwise.of(PairTest.WELCH_T, one).pairs());
    assertEquals(List.of(), KruskalWallis.dunn(one).pairs());
    assertThrows(
        IllegalArgumentException.class, () -> Pairwise.of(PairTest.WELCH_T, PLANTS).pair(1, 1));
  }
}
