package dev.teak.nn.train;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.train.Checkpoint.State;
import dev.teak.nn.train.TrainingListener.EpochResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The training loop, to be read: epochs of shuffled batches, a loss and one step each. All that is
 * random depends on the seed and on where the run is, so a resumed run ends in the same bits.
 *
 * <p><b>What is frozen stays frozen.</b> Every epoch begins with a look at the modes. A model with
 * any part in training mode is trained in the modes it is in: a batch norm that was put into eval
 * mode by itself keeps its running statistics. A model that is in eval mode as a whole, as one that
 * was judged or served, is put into training mode, but for its frozen parts, whose parameters are
 * all {@code requiresGrad(false)}. Freezing parameters alone changes no mode, as in PyTorch: a
 * batch norm in training mode goes on learning its statistics.
 *
 * <p><b>The last batch of an epoch</b> has what is left, or nothing of it is trained on where
 * {@code dropLast} says so. One image that is left alone joins the batch before where a batch norm
 * is in training mode: the variance of a single image's features is nothing to learn from.
 *
 * @param model trained in place, on its device
 * @param optimizer of the model's parameters, and of the method's own where it has some
 * @param schedule the learning rate by step
 * @param epochs how many
 * @param batch examples a step
 * @param seed of the shuffling
 * @param method what a defense changes of each step; {@link BatchTransform#NONE} for nothing
 * @param checkpoint where to resume from and to save to; null for nowhere
 * @param listener is told how it goes
 * @param dropLast whether the examples that are left at an epoch's end, too few for a batch, are
 *     left out of that epoch, as by {@code drop_last} of PyTorch's DataLoader; the shuffling leaves
 *     out others in each
 */
public record Trainer(
    Module model,
    Optimizer optimizer,
    LrSchedule schedule,
    int epochs,
    int batch,
    long seed,
    TrainingMethod method,
    Checkpoint checkpoint,
    TrainingListener listener,
    boolean dropLast) {

  /** Rejects counts below 1. */
  public Trainer {
    if (epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "training: epochs " + epochs + ", batch " + batch + ": both must be 1 or more");
    }
  }

  /** On all examples in every epoch. */
  public Trainer(
      Module model,
      Optimizer optimizer,
      LrSchedule schedule,
      int epochs,
      int batch,
      long seed,
      TrainingMethod method,
      Checkpoint checkpoint,
      TrainingListener listener) {
    this(model, optimizer, schedule, epochs, batch, seed, method, checkpoint, listener, false);
  }

  /** With the examples that are left at an epoch's end left out, or not. */
  public Trainer dropLast(boolean drop) {
    return new Trainer(
        model, optimizer, schedule, epochs, batch, seed, method, checkpoint, listener, drop);
  }

  /**
   * Trains, going on where a checkpoint stands.
   *
   * @param train to learn from
   * @param validation held back, judged after every epoch; may be empty
   * @return every epoch, those before a resume included
   * @throws IllegalArgumentException if there is nothing to learn from: no example, no whole batch
   *     where the last is dropped, or one value a channel for a batch norm
   * @throws IOException if a checkpoint cannot be read or written
   */
  public List<EpochResult> run(Examples train, Examples validation) throws IOException {
    leaveEvalMode();
    Batches batches = Batches.of(train, batch, dropLast, model);
    Map<String, String> setup = checkpoint == null ? Map.of() : setup(train, batches);
    State state =
        checkpoint == null ? State.START : checkpoint.read(model, optimizer, method, setup);
    if (!state.equals(State.START)) {
      listener.onResume(state.epoch(), state.batch());
    }
    List<EpochResult> history = new ArrayList<>(state.history());
    for (int epoch = state.epoch(); epoch < epochs; epoch++) {
      Epoch running = new Epoch(epoch, train, batches, setup, state);
      running.run();
      EpochResult result = running.result(validation);
      history.add(result);
      state = new State(epoch + 1, 0, 0, 0, 0, history);
      save(setup, state);
      listener.onEpoch(result);
      leaveEvalMode(); // where the listener judged the model
    }
    return history;
  }

  /** Puts a model that is in eval mode as a whole into training mode, but for its frozen parts. */
  private void leaveEvalMode() {
    Collection<Module> parts = model.namedModules().values();
    if (parts.stream().noneMatch(Module::isTraining)) {
      model.train();
      parts.stream().filter(Trainer::isFrozen).forEach(Module::eval);
    }
  }

  /** Whether a part has parameters, those of its own parts included, none of which trains. */
  private static boolean isFrozen(Module part) {
    List<Tensor> parameters = part.parameters();
    return !parameters.isEmpty() && parameters.stream().noneMatch(Tensor::requiresGrad);
  }

  /** What a resumed run must have in common with this one: all that the numbers depend on. */
  private Map<String, String> setup(Examples train, Batches batches) {
    long total = (long) epochs * batches.count();
    Map<String, String> setup = new LinkedHashMap<>();
    setup.put("epochs", Integer.toString(epochs));
    setup.put("batch", Integer.toString(batch));
    setup.put("seed", Long.toString(seed));
    setup.put("optimizer", optimizer.toString());
    setup.put(
        "learning rate at start, middle, end",
        schedule.at(0, total)
            + ", "
            + schedule.at(total / 2, total)
            + ", "
            + schedule.at(Math.max(0, total - 1), total));
    setup.put("training images", train.fingerprint());
    setup.put("device", Devices.current().name());
    if (dropLast) {
      setup.put("drop last", "true"); // unnamed otherwise: older checkpoints know nothing of it
    }
    return setup;
  }

  private void save(Map<String, String> setup, State state) throws IOException {
    if (checkpoint != null) {
      checkpoint.write(model, optimizer, method, setup, state);
    }
  }

  /** One epoch, or what is left of it. */
  private final class Epoch {
    private final int epoch;
    private final Examples train;
    private final Map<String, String> setup;
    private final List<EpochResult> history;
    private final Batches batches;
    private final long start = System.nanoTime();
    private final double secondsBefore;
    private int done;
    private double lossSum;
    private long right;

    Epoch(int epoch, Examples train, Batches batches, Map<String, String> setup, State from) {
      this.epoch = epoch;
      this.train = train;
      this.setup = setup;
      this.history = from.history();
      this.batches = batches;
      this.done = from.batch();
      this.lossSum = from.lossSum();
      this.right = from.right();
      this.secondsBefore = from.seconds();
    }

    void run() throws IOException {
      int[] order = train.shuffled(seed, epoch);
      while (done < batches.count()) {
        int from = done * batch;
        int to = done + 1 < batches.count() ? from + batch : batches.examples();
        step(train.batch(order, from, to));
        done++;
        listener.onBatch(epoch + 1, done, batches.count(), lossSum / to);
        if (checkpoint != null && done % checkpoint.everyBatches() == 0 && done < batches.count()) {
          save(setup, new State(epoch, done, lossSum, right, seconds(), history));
        }
      }
    }

    private void step(Examples.Batch b) {
      try (Scope scope = Scope.open()) {
        long number = (long) epoch * batches.count() + done;
        Tensor images = method.transform(model, b.images(), b.labels(), number);
        TrainingMethod.Result r = method.loss(model, images, b.labels(), number);
        model.zeroGrad(); // all of it: an attack may have left gradients in frozen parts too
        optimizer.zeroGrad(); // the method's own parameters
        r.loss().backward();
        method.gradients(model, number);
        optimizer.setLr(schedule.at(number, (long) epochs * batches.count()));
        optimizer.step();
        count(r.loss().item(), r.logits().argMax(1).toInts(), b.labels().toInts());
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
      double n = batches.examples();
      return new EpochResult(epoch + 1, lossSum / n, right / n, held, seconds());
    }
  }
}
