package dev.teak.engine;

import java.util.Arrays;

/**
 * Attention (Vaswani et al., NeurIPS 2017, equation 1), composed of products and a softmax; {@code
 * torch.nn.functional} under the same name.
 */
public final class Attention {
  private Attention() {}

  /** {@link #scaledDotProductAttention(Tensor, Tensor, Tensor, Tensor)} without a mask. */
  public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value) {
    return scaledDotProductAttention(query, key, value, null);
  }

  /** Without dropout, and each query seeing all keys that the mask lets it. */
  public static Tensor scaledDotProductAttention(
      Tensor query, Tensor key, Tensor value, Tensor attnMask) {
    return scaledDotProductAttention(query, key, value, attnMask, 0, false, null);
  }

  /**
   * softmax(q k^T / sqrt(E) + mask) v. A query that sees no key, because of the mask or because
   * there is none, gives 0, as in PyTorch.
   *
   * @param query {@code [..., L, E]}
   * @param key {@code [..., S, E]}
   * @param value {@code [..., S, V]}
   * @param attnMask added to the scores, of a shape that broadcasts to {@code [..., L, S]}; null
   *     for none; {@link #mask} makes one of what may be seen
   * @param dropoutP share of the softmax that is dropped, in [0, 1)
   * @param isCausal whether query i sees the keys 0 to i only; then there is no mask
   * @param random where dropout's numbers come from; null where nothing is dropped
   * @return {@code [..., L, V]}
   */
  public static Tensor scaledDotProductAttention(
      Tensor query,
      Tensor key,
      Tensor value,
      Tensor attnMask,
      double dropoutP,
      boolean isCausal,
      RandomStream random) {
    requireFit(query, key, value);
    if (dropoutP != 0 && random == null) {
      throw new IllegalArgumentException(
          "attention: a dropout of " + dropoutP + " needs a random stream");
    }
    if (isCausal && attnMask != null) {
      throw new IllegalArgumentException("attention: causal, and with a mask; either will do");
    }
    double scale = 1 / Math.sqrt(query.shape().dim(-1));
    Tensor scores = query.mul(scale).matmul(key.transpose(-2, -1)); // [..., L, S]
    Tensor mask = isCausal ? causal(query, query.shape().dim(-2), key.shape().dim(-2)) : attnMask;
    Tensor shares = softmax(mask == null ? scores : scores.add(mask), mask != null);
    Tensor kept = dropoutP == 0 ? shares : Functional.dropout(shares, dropoutP, random);
    return kept.matmul(value);
  }

  /** A mask of scores from what may be seen: 0 where {@code allowed} is not 0, else -infinity. */
  public static Tensor mask(Tensor allowed) {
    Tensor zero = Tensor.full(allowed.device(), Shape.SCALAR, 0);
    return allowed.where(
        zero, Tensor.full(allowed.device(), Shape.SCALAR, Double.NEGATIVE_INFINITY));
  }

  /** Softmax in which a row of nothing, or nothing but -infinity where masked, has no share. */
  private static Tensor softmax(Tensor scores, boolean masked) {
    if (scores.shape().dim(-1) == 0) {
      return scores;
    }
    if (!masked) {
      return scores.softmax();
    }
    Tensor shut = scores.detach().maxKeepDims(-1).eq(Double.NEGATIVE_INFINITY); // [..., L, 1]
    Tensor zero = Tensor.full(scores.device(), Shape.SCALAR, 0);
    return shut.where(zero, shut.where(zero, scores).softmax());
  }

  private static Tensor causal(Tensor like, int queries, int keys) {
    double[] seen = new double[Shape.of(queries, keys).size()];
    for (int i = 0; i < queries; i++) {
      Arrays.fill(seen, i * keys, i * keys + Math.min(i + 1, keys), 1);
    }
    try (Devices.Use use = Devices.use(like.device())) {
      return mask(Tensor.of(seen, queries, keys));
    }
  }

  private static void requireFit(Tensor query, Tensor key, Tensor value) {
    Shape q = query.shape();
    Shape k = key.shape();
    Shape v = value.shape();
    boolean fit =
        q.rank() >= 2
            && k.rank() >= 2
            && v.rank() >= 2
            && q.dim(-1) == k.dim(-1)
            && k.dim(-2) == v.dim(-2);
    if (!fit) {
      throw new ShapeException(
          "attention: query "
              + q
              + ", key "
              + k
              + ", value "
              + v
              + "; they must be [..., L, E], [..., S, E] and [..., S, V]");
    }
  }
}
