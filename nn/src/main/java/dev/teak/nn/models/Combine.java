package dev.teak.nn.models;

import dev.teak.engine.Functional;
import dev.teak.engine.Shape;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;

/** How the members of an {@link Ensemble} come to one answer. */
public enum Combine {
  /**
   * The mean of their probabilities: the logits are its logarithm, log sum w_i softmax(z_i), so
   * that their softmax is that mean.
   */
  MEAN_PROBABILITY {
    @Override
    Tensor of(Tensor logits, Tensor weights) {
      return logits.logSoftmax(2).add(each(weights.log())).logSumExp(0);
    }
  },

  /** The mean of their logits, sum w_i z_i: of their probabilities the geometric mean. */
  MEAN_LOGIT {
    @Override
    Tensor of(Tensor logits, Tensor weights) {
      return logits.mul(each(weights)).sum(0);
    }
  },

  /**
   * The majority of their votes: each member has one, for the first of its largest logits, whatever
   * its weight. The logits are the logarithms of the shares that the classes have of all votes. Of
   * the classes with the most votes the one with the largest mean probability wins, or the first of
   * them where that is equal too: where there are several, it is counted half a vote more. A class
   * without a vote has a share of 2^-24, for the logarithm of 0 would make losses infinite. Where a
   * member's logits have a NaN, so has the answer.
   *
   * <p>Votes have no gradient that leads anywhere. In its place stands that of the logarithm of the
   * mean probability ({@link Surrogate#bpda}), which is what an attack follows.
   */
  VOTE {
    @Override
    Tensor of(Tensor logits, Tensor weights) {
      return Surrogate.bpda(
              z -> votes(z, MEAN_PROBABILITY.of(z, weights)), z -> MEAN_PROBABILITY.of(z, weights))
          .apply(logits);
    }
  },

  /**
   * {@link #MEAN_PROBABILITY} of members that are worth more the better they are: whoever trains
   * them apart sets the weights by their validation accuracies ({@link Ensemble#weights}); until
   * then all are equal.
   */
  WEIGHTED {
    @Override
    Tensor of(Tensor logits, Tensor weights) {
      return MEAN_PROBABILITY.of(logits, weights);
    }
  };

  /** The share of a class without a vote. */
  private static final double NO_VOTE = 0x1p-24;

  /**
   * One answer of all.
   *
   * @param logits {@code [members, N, classes]}
   * @param weights {@code [members]}, 0 or more, with a sum of 1
   * @return logits {@code [N, classes]}
   */
  abstract Tensor of(Tensor logits, Tensor weights);

  /** {@code [members]} to {@code [members, 1, 1]}. */
  private static Tensor each(Tensor weights) {
    return weights.reshape(-1, 1, 1);
  }

  /** Logarithms of the shares of all votes, {@code [N, classes]}, as are the means. */
  private static Tensor votes(Tensor logits, Tensor means) {
    int classes = logits.shape().dim(2);
    Tensor votes = Functional.oneHot(logits.argMax(2), classes).sum(0); // whole numbers, so exact
    Tensor most = votes.eq(votes.maxKeepDims(1));
    Tensor tied = most.sumKeepDims(1).gt(1);
    Tensor of =
        most.where(means, Tensor.full(means.device(), Shape.SCALAR, Double.NEGATIVE_INFINITY));
    Tensor winner = Functional.oneHot(of.argMax(1), classes);
    Tensor counted = votes.add(winner.mul(tied).mul(0.5));
    Tensor shares = counted.div(counted.sumKeepDims(1));
    return means.isNan().where(means, shares.maximum(NO_VOTE).log());
  }
}
