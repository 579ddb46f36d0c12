package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;

/**
 * A block of a vision transformer (Dosovitskiy et al., ICLR 2021, equations 2 and 3), on {@code [N,
 * L, E]}: x + attention(norm(x)), and to that its own mlp(norm(x)), dense, GELU, dense. PyTorch's
 * {@code TransformerEncoderLayer} with {@code norm_first} and GELU. Names and initial values are
 * those of torchvision's {@code EncoderBlock}.
 */
public final class EncoderBlock extends Module {
  private static final double NORM_EPS = 1e-6;
  private static final double BIAS_DEVIATION = 1e-6;

  private final LayerNorm ln1;
  private final MultiheadAttention attention;
  private final Module dropout;
  private final LayerNorm ln2;
  private final Sequential mlp;

  /** Without dropout. */
  public EncoderBlock(int numHeads, int hiddenDim, int mlpDim, RandomStream init) {
    this(numHeads, hiddenDim, mlpDim, 0, 0, init, null);
  }

  /**
   * With dropout.
   *
   * @param hiddenDim E, a multiple of {@code numHeads}
   * @param mlpDim width between the two dense layers
   * @param dropout share that is dropped behind the attention and each dense layer, in [0, 1)
   * @param attentionDropout share of the attention itself that is dropped, in [0, 1)
   * @param random where dropout's numbers come from; null where nothing is dropped
   */
  public EncoderBlock(
      int numHeads,
      int hiddenDim,
      int mlpDim,
      double dropout,
      double attentionDropout,
      RandomStream init,
      RandomStream random) {
    ln1 = submodule("ln_1", LayerNorm.of(hiddenDim).eps(NORM_EPS).init());
    attention =
        submodule(
            "self_attention",
            new MultiheadAttention(hiddenDim, numHeads, attentionDropout, init, random));
    this.dropout = submodule("dropout", dropping(dropout, random));
    ln2 = submodule("ln_2", LayerNorm.of(hiddenDim).eps(NORM_EPS).init());
    mlp =
        submodule(
            "mlp",
            new Sequential(
                dense(hiddenDim, mlpDim, init),
                Layers.gelu(),
                dropping(dropout, random),
                dense(mlpDim, hiddenDim, init),
                dropping(dropout, random)));
  }

  private static Module dropping(double p, RandomStream random) {
    return p == 0 ? Layers.identity() : new Dropout(p, random);
  }

  private static Linear dense(int in, int out, RandomStream init) {
    Linear linear = new Linear(in, out, init);
    Tensor weight = linear.stateDict().get("weight");
    Tensor bias = linear.stateDict().get("bias");
    Update.assign(weight, Init.xavierUniform(weight.shape(), init));
    Update.assign(bias, init.normal(bias.shape()).mul(BIAS_DEVIATION));
    return linear;
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor y = x.add(dropout.forward(attention.forward(ln1.forward(x))));
    return y.add(mlp.forward(ln2.forward(y)));
  }
}
