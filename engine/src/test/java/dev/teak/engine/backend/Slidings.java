package dev.teak.engine.backend;

import dev.teak.engine.Sliding;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** How windows slide, each axis and side by itself. */
final class Slidings {
  private Slidings() {}

  /** Dense ones, of any padding up to {@code padding} a side. */
  static Arbitrary<Sliding> padded(int padding) {
    Arbitrary<Integer> side = Arbitraries.integers().between(0, padding);
    return Combinators.combine(side, side, side, side)
        .as((top, left, bottom, right) -> Sliding.of().padding(top, left, bottom, right));
  }

  /** Of strides up to 3 and dilations up to 2. */
  static Arbitrary<Sliding> any(int padding) {
    Arbitrary<Integer> stride = Arbitraries.integers().between(1, 3);
    Arbitrary<Integer> dilation = Arbitraries.integers().between(1, 2);
    return Combinators.combine(padded(padding), stride, stride, dilation, dilation)
        .as((s, down, across, r, c) -> s.stride(down, across).dilation(r, c));
  }
}
