package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;

/**
 * Transposed 2-d convolution, {@code [N, H, W, in]} to a larger {@code [N, H', W', out]}; the
 * weight is {@code [in, kernelH, kernelW, out / groups]}. To be read aloud: {@code
 * ConvTranspose2d.of(64, 3, 3).stride(2).padding(1).outputPadding(1).init(random)}.
 */
public final class ConvTranspose2d extends Module {
  private final Tensor weight;
  private final Tensor bias;
  private final Sliding sliding;
  private final int moreRows;
  private final int moreColumns;
  private final int groups;
  private final String text;

  private ConvTranspose2d(Builder b, RandomStream init) {
    Shape shape = Shape.of(b.in, b.kernelH, b.kernelW, b.out / b.groups);
    int fan = Init.fanIn(shape);
    weight = parameter("weight", Init.torchDefault(shape, fan, init));
    bias = b.bias ? parameter("bias", Init.torchDefault(Shape.of(b.out), fan, init)) : null;
    sliding = b.sliding;
    moreRows = b.moreRows;
    moreColumns = b.moreColumns;
    groups = b.groups;
    text = b.describe("ConvTranspose2d", b.outputPadding());
  }

  /** From {@code in} to {@code out} channels with a square kernel. */
  public static Builder of(int in, int out, int kernel) {
    return of(in, out, kernel, kernel);
  }

  /** With an oblong kernel. */
  public static Builder of(int in, int out, int kernelH, int kernelW) {
    return new Builder(in, out, kernelH, kernelW);
  }

  /** Names the settings of a transposed convolution. */
  public static final class Builder extends ConvBuilder<Builder, ConvTranspose2d> {
    private int moreRows;
    private int moreColumns;

    private Builder(int in, int out, int kernelH, int kernelW) {
      super(in, out, kernelH, kernelW);
    }

    @Override
    Builder self() {
      return this;
    }

    /** Rows and columns added at the far side, less than the stride or the dilation. */
    public Builder outputPadding(int both) {
      return outputPadding(both, both);
    }

    /** Rows and columns added at the far side. */
    public Builder outputPadding(int rows, int columns) {
      moreRows = rows;
      moreColumns = columns;
      return this;
    }

    private String outputPadding() {
      boolean none = moreRows == 0 && moreColumns == 0;
      return none ? "" : ", output padding " + both(moreRows, moreColumns);
    }

    @Override
    public ConvTranspose2d init(RandomStream random) {
      return new ConvTranspose2d(this, random);
    }
  }

  @Override
  protected String describe() {
    return text;
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.convTranspose2d(x, weight, bias, sliding, moreRows, moreColumns, groups);
  }
}
