package dev.teak.engine.op;

import java.util.List;
import java.util.stream.Stream;

/** All ops there are: docs/ops.md is made from it, and every row has samples that are checked. */
public final class OpTable {
  /** The rows, related ops together. */
  public static final List<OpInfo> ALL =
      Stream.of(
              Unary.ALL.stream().map(Op::info),
              Binary.ALL.stream().map(Op::info),
              Stream.of(
                  Binary.RELU_GRAD.info(),
                  Clip.INFO,
                  Where.INFO,
                  Cast.INFO,
                  Reduce.SUM,
                  Reduce.MAX,
                  Variance.INFO,
                  CumSum.INFO,
                  Order.ARG_MAX,
                  Order.ARG_SORT,
                  Softmax.SOFTMAX,
                  Softmax.LOG_SOFTMAX,
                  CrossEntropy.INFO,
                  Reshape.INFO,
                  Movement.Permute.INFO,
                  Movement.BroadcastTo.INFO,
                  Movement.Slice.INFO,
                  Movement.Pad.INFO,
                  Movement.Concat.INFO,
                  Gather.INFO,
                  ScatterAdd.INFO,
                  MatMul.INFO,
                  Conv2d.Forward.INFO,
                  Conv2d.InputGrad.INFO,
                  Conv2d.WeightGrad.INFO,
                  Conv2dActivation.INFO,
                  Conv2dRelu.INFO,
                  Conv2dRelu.POOLED,
                  Pool2d.Max.INFO,
                  Pool2d.Scatter.INFO,
                  Pool2d.Pick.INFO,
                  Pool2d.Average.INFO,
                  Pool2d.Spread.INFO,
                  Resample.INFO,
                  BatchNorm.INFO,
                  GroupNorm.LAYER,
                  GroupNorm.GROUP))
          .flatMap(rows -> rows)
          .toList();

  private OpTable() {}
}
