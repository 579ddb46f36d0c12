package dev.teak.nn.train;

import dev.teak.engine.Functional;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.train.Checkpoint.State;
import dev.teak.nn.train.TrainingListener.EpochResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The training loop, to be read: epochs of shuffled batches, cross-entropy, one step each. All that
 * is random depends on the seed and on where the run is, so a resumed run ends in the same bits.
 *
 * @param model trained in place, on its device
 * @param optimizer of the model's parameters
 * @param schedule the learning rate by step
 * @param epochs how many
 * @param batch examples a step
 * @param seed of the shuffling
 * @param transform what a defense does to each batch
 * @param checkpoint where to resume from and to save to; null for nowhere
 * @param listener is told how it goes
 */
public record Trainer(
    Module model,
    Optimizer optimizer,
    LrSchedule schedule,
    int epochs,
    int batch,
    long seed,
    BatchTransform transform,
    Checkpoint checkpoint,
    TrainingListener listener) {

  /** Rejects counts below 1. */
  public Trainer {
    if (epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "training: epochs " + epochs + ", batch " + batch + ": both must be 1 or more");
    }
  }

  /**
   * Trains, going on where a checkpoint stands.
   *
   * @param train to learn from
   * @param validation held back, judged after every epoch; may be empty
   * @return every epoch, those before a resume included
   * @throws IOException if a checkpoint cannot be read or written
   */
  public List<EpochResult> run(Examples train, Examples validation) throws IOException {
    State state = checkpoint == null ? State.START : checkpoint.read(model, optimizer);
    List<EpochResult> history = new ArrayList<>(state.history());
    model.train();
    for (int epoch = state.epoch(); epoch < epochs; epoch++) {
      Epoch running = new Epoch(epoch, train, state, history);
      running.run();
      EpochResult result = running.result(validation);
      history.add(result);
      state = new State(epoch + 1, 0, 0, 0, 0, optimizer.steps(), List.copyOf(history));
      save(state);
      listener.onEpoch(result);
    }
    return history;
  }

  private void save(State state) throws IOException {
    if (checkpoint != null) {
      checkpoint.write(model, optimizer, state);
    }
  }

  /** One epoch, or what is left of it. */
  private final class Epoch {
    private final int epoch;
    private final Examples train;
    private final List<EpochResult> history;
    private final int batches;
    private final long start = System.nanoTime();
    private final double secondsBefore;
    private int done;
    private double lossSum;
    private long right;

    Epoch(int epoch, Examples train, State from, List<EpochResult> history) {
      this.epoch = epoch;
      this.train = train;
      this.history = history;
      this.batches = (train.size() + batch - 1) / batch;
      this.done = from.batch();
      this.lossSum = from.lossSum();
      this.right = from.right();
      this.secondsBefore = from.seconds();
    }

    void run() throws IOException {
      int[] order = train.shuffled(seed, epoch);
      while (done < batches) {
        int from = done * batch;
        int to = Math.min(train.size(), from + batch);
        step(train.batch(order, from, to));
        done++;
        listener.onBatch(epoch + 1, done, batches, lossSum / to);
        if (checkpoint != null && done % checkpoint.everyBatches() == 0 && done < batches) {
          int steps = optimizer.steps();
          save(new State(epoch, done, lossSum, right, seconds(), steps, List.copyOf(history)));
        }
      }
    }

    private void step(Examples.Batch b) {
      try (Scope scope = Scope.open()) {
        long number = (long) epoch * batches + done;
        Tensor images = transform.apply(model, b.images(), b.labels(), number);
        Tensor logits = model.forward(images);
        Tensor loss = Functional.crossEntropy(logits, b.labels()).mean();
        optimizer.zeroGrad();
        loss.backward();
        optimizer.setLr(schedule.at(number, (long) epochs * batches));
        optimizer.step();
        count(loss.item(), logits.argMax(1).toInts(), b.labels().toInts());
      } finally {
        b.images().release();
        b.labels().release();
      }
    }

    private void count(double loss, int[] predicted, int[] labels) {
      if (!Double.isFinite(loss)) {
        throw new ArithmeticException(
            "the training loss became "
                + loss
                + " in epoch "
                + (epoch + 1)
                + ", batch "
                + (done + 1)
                + "; a smaller learning rate (now "
                + optimizer.lr()
                + ") may help");
      }
      lossSum += loss * labels.length;
      for (int i = 0; i < labels.length; i++) {
        right += predicted[i] == labels[i] ? 1 : 0;
      }
    }

    private double seconds() {
      return secondsBefore + (System.nanoTime() - start) * 1e-9;
    }

    EpochResult result(Examples validation) {
      double held = validation.size() == 0 ? Double.NaN : Evaluate.accuracy(model, validation);
      double n = train.size();
      return new EpochResult(epoch + 1, lossSum / n, right / n, held, seconds());
    }
  }
}
