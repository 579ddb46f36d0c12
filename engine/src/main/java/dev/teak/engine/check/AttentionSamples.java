package dev.teak.engine.check;

import dev.teak.engine.Attention;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.OpSample.Input;
import java.util.Arrays;

/** Samples of attention: plain, masked, causal and with dropout. */
final class AttentionSamples {
  private AttentionSamples() {}

  static void addTo(Draws d) {
    int n = d.upTo(2);
    int queries = d.upTo(4);
    int keys = d.upTo(4);
    int channels = d.upTo(4);
    Input q = d.values(n, 2, queries, channels);
    Input k = d.values(n, 2, keys, channels);
    Input v = d.values(n, 2, keys, d.upTo(3));
    String op = "attention";
    d.add(op, x -> Attention.scaledDotProductAttention(x.get(0), x.get(1), x.get(2)), q, k, v);
    d.add(
        op,
        x -> Attention.scaledDotProductAttention(x.get(0), x.get(1), x.get(2)),
        q,
        d.values(n, 2, 0, channels),
        d.values(n, 2, 0, 3));
    d.add(
        op,
        x -> Attention.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), x.get(3)),
        q,
        k,
        v,
        d.values(queries, keys));
    double[] seen = new double[queries * keys]; // nothing in the first row, all in the others
    Arrays.fill(seen, keys, seen.length, 1);
    d.add(
        op,
        x -> {
          Tensor mask = Attention.mask(Tensor.of(seen, queries, keys));
          return Attention.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), mask);
        },
        q,
        k,
        v);
    d.add(
        op,
        x ->
            Attention.scaledDotProductAttention(
                x.get(0), x.get(1), x.get(2), null, 0.3, true, new RandomStream(5, "drop")),
        q,
        k,
        v);
  }
}
