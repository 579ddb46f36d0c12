package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScopeStatsTest {
  private static final long BYTES = 4000;

  private static Tensor thousand() {
    return Tensor.ones(1000);
  }

  @Test
  void liveAndPeakFollowWhatIsMadeAndReleased() {
    try (Scope scope = Scope.open()) {
      assertEquals(0, scope.stats().liveBytes());
      Tensor a = thousand();
      Tensor b = thousand();
      a.release();
      assertEquals(BYTES, scope.stats().liveBytes());
      assertEquals(2 * BYTES, scope.stats().peakBytes());
      b.release();
      assertEquals(0, scope.stats().liveBytes());
    }
  }

  @Test
  void anInnerScopeCountsForTheOuterButNotTheOtherWayRound() {
    try (Scope outer = Scope.open()) {
      thousand();
      try (Scope inner = Scope.open()) {
        thousand();
        thousand();
        assertEquals(2 * BYTES, inner.stats().peakBytes());
        assertEquals(2 * BYTES, inner.stats().liveBytes());
      }
      assertEquals(BYTES, outer.stats().liveBytes());
      assertEquals(3 * BYTES, outer.stats().peakBytes());
      try (Scope later = Scope.open()) {
        assertEquals(0, later.stats().peakBytes(), "what peaked before it does not count");
      }
      assertEquals(3 * BYTES, outer.stats().peakBytes());
    }
  }

  @Test
  void whatIsKeptStaysLiveOutsideAndWhatSharesMemoryCountsOnce() {
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        Tensor a = inner.keep(thousand());
        a.reshape(10, 100);
        assertEquals(BYTES, inner.stats().liveBytes());
      }
      assertEquals(BYTES, outer.stats().liveBytes());
    }
  }

  @Test
  void bytesAreCountedByTheOpThatMadeThem() {
    try (Scope scope = Scope.open()) {
      Tensor x = thousand().requiresGrad(true);
      x.exp().mul(x).mul(2).reshape(10, 100);
      Map<String, Long> byOp = scope.stats().byOp();
      // The reshape shares the memory of the product that it was made from.
      assertEquals(Map.of("mul", 2 * BYTES, "exp", BYTES, "(no graph)", BYTES), byOp);
      assertEquals("mul", new ArrayList<>(byOp.keySet()).get(0), "most first");
    }
  }

  @Test
  void aTrainingStepLeavesNothing() {
    Tensor w = thousand().requiresGrad(true);
    w.square().sum().backward(); // the gradient stays
    List<Long> peaks = new ArrayList<>();
    for (int step = 0; step < 3; step++) {
      try (Scope scope = Scope.open()) {
        w.square().sum().backward();
        peaks.add(scope.stats().peakBytes());
      }
    }
    assertEquals(peaks.get(0), peaks.get(2));
    assertTrue(peaks.get(0) >= 3 * BYTES, peaks::toString);
  }

  @Test
  void onlyTheInnermostScopeIsAsked() {
    try (Scope outer = Scope.open();
        Scope inner = Scope.open()) {
      assertEquals(0, inner.stats().liveBytes());
      String message = assertThrows(IllegalStateException.class, outer::stats).getMessage();
      assertTrue(message.contains("innermost"), message);
    }
  }
}
