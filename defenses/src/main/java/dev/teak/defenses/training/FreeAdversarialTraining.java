package dev.teak.defenses.training;

import dev.teak.attacks.ThreatModel;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Free adversarial training (Shafahi, Najibi, Ghiasi, Xu, Dickerson, Studer, Davis, Taylor and
 * Goldstein, "Adversarial training for free!", NeurIPS 2019, algorithm 1): each batch is trained on
 * {@code m} times in a row, and each backward pass moves the weights and one change of the images,
 * delta + eps sign(grad), clipped to the L-infinity ball, which is carried on to the next batch.
 * Changed images are clipped to the range 0..1, and the gradient is taken there.
 *
 * <p>An epoch costs as much as m plain ones, and schedules and warm-ups count its steps: take the
 * m-th part of the epochs, as the paper does.
 *
 * @param eps size of the ball, in pixel units
 * @param m how often each batch is trained on; 8 in the paper for CIFAR-10
 */
public record FreeAdversarialTraining(double eps, int m) implements TrainingDefense {
  private static final String NAME = "free";

  /** Rejects a size below 0, and no steps. */
  public FreeAdversarialTraining {
    InnerMaximization.requireAtLeastZero("eps", eps);
    InnerMaximization.requireAtLeastOne("m", m);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    return new Carried(trainee.image());
  }

  @Override
  public Optional<ThreatModel> threat() {
    return Optional.of(ThreatModel.linf(eps));
  }

  @Override
  public double passes() {
    return m - 1;
  }

  private final class Carried implements TrainingHooks {
    private final Shape image;
    private Tensor delta; // [batch, H, W, C]; the last batch of an epoch has the first of them
    private Tensor attacked; // of the step

    Carried(Shape image) {
      this.image = image;
    }

    @Override
    public void fit(Examples train, int batch) {
      Shape all = Shape.of(batch, image.dim(0), image.dim(1), image.dim(2));
      close();
      delta = Tensor.full(Devices.current(), all, 0).unscoped();
    }

    @Override
    public int replays() {
      return m;
    }

    @Override
    public Batch batch(Module model, Batch batch, Step step) {
      int n = batch.images().shape().dim(0);
      if (n > delta.shape().dim(0)) {
        throw new IllegalArgumentException(
            NAME
                + ": "
                + n
                + " images in a batch of "
                + delta.shape().dim(0)
                + "; put it before defenses that change how many images there are");
      }
      Tensor changed = batch.images().add(delta.rows(0, n)).clip(0, 1);
      attacked = changed.detach().requiresGrad(true);
      return batch.images(attacked);
    }

    /** Of several passes for one step, as of {@link Awp}, the last one's gradient counts. */
    @Override
    public Objective objective(Objective inner) {
      return (model, batch, step) -> {
        attacked.zeroGrad();
        return inner.of(model, batch, step);
      };
    }

    @Override
    public void stepped(Module model, Step step) {
      if (attacked.grad() == null) {
        throw new IllegalArgumentException(
            NAME + ": no gradient came back to its images; put it behind what replaces them");
      }
      int n = attacked.shape().dim(0);
      try (Scope scope = Scope.open()) {
        Tensor up = attacked.grad().sign().mul(eps);
        Tensor moved = delta.rows(0, n).add(up).clip(-eps, eps);
        Tensor rest = delta.rows(n, delta.shape().dim(0));
        Update.assign(delta, Tensor.concat(0, List.of(moved, rest)));
      }
      attacked.zeroGrad();
    }

    @Override
    public Map<String, Tensor> state() {
      return delta == null ? Map.of() : Map.of("delta", delta);
    }

    @Override
    public void close() {
      if (delta != null) {
        delta.release();
        delta = null;
      }
    }
  }
}
