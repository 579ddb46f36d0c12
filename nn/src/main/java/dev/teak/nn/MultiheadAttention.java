package dev.teak.nn;

import dev.teak.engine.Attention;
import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.List;

/**
 * Attention by several heads (Vaswani et al., NeurIPS 2017, section 3.2.2), as PyTorch's with batch
 * first and under its names: {@code in_proj_weight} stacks the projections of queries, keys and
 * values, {@code [3 E, E]}.
 *
 * <pre>{@code
 * Tensor y = attention.forward(x);                     // to itself
 * Tensor z = attention.forward(query, key, value, mask);
 * }</pre>
 */
public final class MultiheadAttention extends Module {
  private final int embedDim;
  private final int numHeads;
  private final double dropout;
  private final RandomStream random;
  private final Tensor weight;
  private final Tensor bias;
  private final Linear projection;

  /** Without dropout. */
  public MultiheadAttention(int embedDim, int numHeads, RandomStream init) {
    this(embedDim, numHeads, 0, init, null);
  }

  /**
   * With PyTorch's initial values.
   *
   * @param embedDim E, a multiple of {@code numHeads}
   * @param dropout share of the attention that is dropped in training, in [0, 1)
   * @param random where dropout's numbers come from; null where nothing is dropped
   */
  public MultiheadAttention(
      int embedDim, int numHeads, double dropout, RandomStream init, RandomStream random) {
    if (numHeads < 1 || embedDim < 1 || embedDim % numHeads != 0) {
      throw new IllegalArgumentException(
          "multi-head attention: " + numHeads + " heads must divide " + embedDim + " channels");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "multi-head attention: dropout " + dropout + " must be in [0, 1)");
    }
    if (dropout != 0 && random == null) {
      throw new IllegalArgumentException(
          "multi-head attention: a dropout of " + dropout + " needs a random stream");
    }
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = dropout;
    this.random = dropout == 0 ? null : stream("random", random);
    weight =
        parameter("in_proj_weight", Init.xavierUniform(Shape.of(3 * embedDim, embedDim), init));
    bias = parameter("in_proj_bias", Tensor.zeros(3 * embedDim));
    projection = submodule("out_proj", new Linear(embedDim, embedDim, init));
    Update.assign(projection.namedParameters().get("bias"), new float[embedDim]);
  }

  /**
   * Queries attend to keys and take values.
   *
   * @param query {@code [N, L, E]}
   * @param key {@code [N, S, E]}
   * @param value {@code [N, S, E]}
   * @return {@code [N, L, E]}
   */
  public Tensor forward(Tensor query, Tensor key, Tensor value) {
    return forward(List.of(query, key, value)).get(0);
  }

  /**
   * With a mask that is added to the scores, of a shape that broadcasts to {@code [N, heads, L,
   * S]}; {@link Attention#mask} makes one of what may be seen.
   */
  public Tensor forward(Tensor query, Tensor key, Tensor value, Tensor attnMask) {
    return forward(List.of(query, key, value, attnMask)).get(0);
  }

  /** Attention of {@code x [N, L, E]} to itself. */
  @Override
  protected Tensor compute(Tensor x) {
    return computeAll(List.of(x, x, x)).get(0);
  }

  /** Of x alone; of query, key and value; or of these and a mask. */
  @Override
  protected List<Tensor> computeAll(List<Tensor> inputs) {
    if (inputs.size() == 1) {
      return List.of(compute(inputs.get(0)));
    }
    if (inputs.size() != 3 && inputs.size() != 4) {
      throw new IllegalArgumentException(
          "multi-head attention: "
              + inputs.size()
              + " inputs; it takes x, or query, key and value, and after these a mask");
    }
    inputs.subList(0, 3).forEach(this::requireSequence);
    Tensor mask = inputs.size() == 4 ? inputs.get(3) : null;
    double p = isTraining() ? dropout : 0;
    List<Tensor> heads = projected(inputs.get(0), inputs.get(1), inputs.get(2));
    Tensor y = // [N, heads, L, E / heads]
        Attention.scaledDotProductAttention(
            heads.get(0), heads.get(1), heads.get(2), mask, p, false, random);
    Shape s = inputs.get(0).shape();
    return List.of(projection.forward(y.transpose(1, 2).reshape(s.dim(0), s.dim(1), embedDim)));
  }

  /** Queries, keys and values of all heads: one product where they are all of the same tensor. */
  private List<Tensor> projected(Tensor query, Tensor key, Tensor value) {
    if (query == key && key == value) {
      Tensor all = Functional.linear(query, weight, bias); // [N, L, 3 E]
      return List.of(heads(part(all, 0)), heads(part(all, 1)), heads(part(all, 2)));
    }
    return List.of(head(query, 0), head(key, 1), head(value, 2));
  }

  private Tensor head(Tensor x, int which) {
    int from = which * embedDim;
    Tensor w = weight.rows(from, from + embedDim);
    return heads(Functional.linear(x, w, bias.rows(from, from + embedDim)));
  }

  /** Channels {@code which} E and on, E of them. */
  private Tensor part(Tensor all, int which) {
    int[] starts = {0, 0, which * embedDim};
    return all.slice(starts, all.shape().with(-1, embedDim));
  }

  /** {@code [N, L, E] -> [N, heads, L, E / heads]}. */
  private Tensor heads(Tensor x) {
    Shape s = x.shape();
    return x.reshape(s.dim(0), s.dim(1), numHeads, embedDim / numHeads).transpose(1, 2);
  }

  private void requireSequence(Tensor x) {
    if (x.shape().rank() != 3 || x.shape().dim(-1) != embedDim) {
      throw new ShapeException(
          "multi-head attention: input " + x.shape() + " must be [N, length, " + embedDim + "]");
    }
  }
}
