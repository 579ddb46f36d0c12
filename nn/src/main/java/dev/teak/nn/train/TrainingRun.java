package dev.teak.nn.train;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.optim.AveragedWeights;
import dev.teak.nn.optim.GradientClipping;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Checkpoint.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The training loop, to be read: epochs of shuffled batches, a loss and one step each. */
final class TrainingRun {
  private final Trainer asked;
  private final Module model;
  private final TrainingHooks hooks;
  private final Examples train;
  private final Examples validation;
  private final Batches batches;
  private final Objective objective;
  private final Optimizer optimizer;
  private final LrSchedule schedule;
  private final Learned learned;
  private final Map<String, String> setup;
  private final int replays;

  TrainingRun(Trainer asked, Examples train, Examples validation) {
    this.asked = asked;
    this.model = asked.model;
    this.hooks = asked.hooks;
    this.train = train;
    this.validation = validation;
    leaveEvalMode();
    batches = Batches.of(train, asked.batch, asked.dropLast, model);
    hooks.fit(train, asked.batch);
    replays = hooks.replays();
    objective = hooks.objective(asked.objective);
    Map<String, Tensor> parameters = new LinkedHashMap<>(model.namedParameters());
    parameters.putAll(Learned.own(hooks));
    optimizer = asked.optimizer.of(parameters);
    schedule = asked.schedule.of(optimizer.lr(), stepsPerEpoch());
    AveragedWeights average = asked.average == 0 ? null : AveragedWeights.ema(model, asked.average);
    learned = new Learned(model, optimizer, hooks, average);
    setup = asked.checkpoint == null ? Map.of() : setup();
  }

  List<EpochResult> run() throws IOException {
    State state = resumed();
    List<EpochResult> history = new ArrayList<>(state.history());
    while (history.size() < asked.epochs && !asked.keep.isEnough(history)) {
      Epoch epoch = new Epoch(state);
      epoch.run();
      history.add(epoch.result());
      if (asked.keep.of(history) == history.size() - 1) {
        withAverage(learned::keep);
      }
      state = State.after(history);
      save(state);
      asked.listener.onEpoch(history.get(history.size() - 1));
      leaveEvalMode(); // where the listener judged the model
    }
    withAverage(asked.listener::onLast);
    learned.finish();
    return history;
  }

  /** Puts a model that is in eval mode as a whole into training mode, but for its frozen parts. */
  private void leaveEvalMode() {
    Collection<Module> parts = model.namedModules().values();
    if (parts.stream().noneMatch(Module::isTraining)) {
      model.train();
      parts.stream().filter(TrainingRun::isFrozen).forEach(Module::eval);
    }
  }

  /** Whether a part has parameters, those of its own parts included, none of which trains. */
  private static boolean isFrozen(Module part) {
    List<Tensor> parameters = part.parameters();
    return !parameters.isEmpty() && parameters.stream().noneMatch(Tensor::requiresGrad);
  }

  /** Does something while the model has its averages, where there are any. */
  private void withAverage(Runnable action) {
    if (learned.average() == null) {
      action.run();
      return;
    }
    try (AveragedWeights.Applied averaged = learned.average().apply()) {
      action.run();
    }
  }

  private int stepsPerEpoch() {
    return Math.multiplyExact(batches.count(), replays);
  }

  private long total() {
    return (long) asked.epochs * stepsPerEpoch();
  }

  private State resumed() throws IOException {
    if (asked.checkpoint == null) {
      return State.START;
    }
    State state = asked.checkpoint.read(learned, setup);
    if (!state.equals(State.START)) {
      asked.listener.onResume(state.history(), state.batch());
    }
    return state;
  }

  private void save(State state) throws IOException {
    if (asked.checkpoint != null) {
      asked.checkpoint.write(learned, setup, state);
    }
  }

  /** What a resumed run must have in common with this one: all that the numbers depend on. */
  private Map<String, String> setup() {
    Map<String, String> setup = new LinkedHashMap<>();
    setup.put("epochs", Integer.toString(asked.epochs));
    setup.put("batch", Integer.toString(asked.batch));
    setup.put("seed", Long.toString(asked.seed));
    setup.put("optimizer", optimizer.toString());
    setup.put(
        "learning rate at start, middle, end",
        schedule.at(0, total())
            + ", "
            + schedule.at(total() / 2, total())
            + ", "
            + schedule.at(Math.max(0, total() - 1), total()));
    setup.put("training images", train.fingerprint());
    setup.put("device", Devices.current().name());
    // What is not asked for stays unnamed.
    if (asked.dropLast) {
      setup.put("drop last", "true");
    }
    if (!asked.augmentations.isEmpty()) {
      setup.put("augment", Settings.text(asked.augmentations));
    }
    if (asked.average != 0) {
      setup.put("average", Double.toString(asked.average));
    }
    if (asked.clipNorm < Double.POSITIVE_INFINITY) {
      setup.put("clip norm", Double.toString(asked.clipNorm));
    }
    if (!asked.keep.equals(Keep.LAST)) {
      setup.put("keep", Settings.text(asked.keep));
    }
    return setup;
  }

  /** One epoch, or what is left of it. */
  private final class Epoch {
    private final List<EpochResult> history;
    private final int number;
    private final long start = System.nanoTime();
    private final double secondsBefore;
    private int done;
    private Tally tally;

    Epoch(State from) {
      this.history = from.history();
      this.number = from.epoch();
      this.done = from.batch();
      this.tally = from.tally();
      this.secondsBefore = from.seconds();
    }

    void run() throws IOException {
      int[] order = train.shuffled(asked.seed, number);
      List<Loader.Range> left = batches.from(done, asked.batch);
      try (Loader loader =
          new Loader(train, asked.augmentations, asked.seed, number, order, left)) {
        while (done < batches.count()) {
          steps(loader.next());
          done++;
          asked.listener.onBatch(number + 1, done, batches.count(), tally.loss());
          Checkpoint file = asked.checkpoint;
          if (file != null && done % file.everyBatches() == 0 && done < batches.count()) {
            save(new State(number, done, tally, seconds(), history));
          }
        }
      }
    }

    private Step at(long step) {
      return new Step((long) number * stepsPerEpoch() + step, total(), number, asked.epochs);
    }

    private void steps(Batch read) {
      try {
        for (int replay = 0; replay < replays; replay++) {
          step(read, at((long) done * replays + replay));
        }
      } finally {
        read.images().release();
        read.labels().release();
      }
    }

    private void step(Batch read, Step step) {
      try (Scope scope = Scope.open()) {
        Batch batch = hooks.batch(model, read, step);
        Supplier<Objective.Result> pass = () -> pass(batch, step);
        Objective.Result r = hooks.backward(model, pass, step);
        hooks.gradients(model, step);
        if (asked.clipNorm < Double.POSITIVE_INFINITY) {
          GradientClipping.clipGradNorm(optimizer.parameters().values(), asked.clipNorm);
        }
        optimizer.setLr(schedule.at(step.number(), step.total()));
        optimizer.step();
        hooks.stepped(model, step);
        if (learned.average() != null) {
          learned.average().update();
        }
        tally = tally.plus(batch, r.logits(), finite(r.loss().item()));
      }
    }

    private Objective.Result pass(Batch batch, Step step) {
      Objective.Result r = objective.of(model, batch, step);
      model.zeroGrad(); // all of it: an attack may have left gradients in frozen parts too
      optimizer.zeroGrad(); // the hooks' own parameters
      r.loss().backward();
      return r;
    }

    private double finite(double loss) {
      if (!Double.isFinite(loss)) {
        throw new ArithmeticException(
            "the training loss became "
                + loss
                + " in epoch "
                + (number + 1)
                + ", batch "
                + (done + 1)
                + "; a smaller learning rate (now "
                + optimizer.lr()
                + ") may help");
      }
      return loss;
    }

    private double seconds() {
      return secondsBefore + (System.nanoTime() - start) * 1e-9;
    }

    /** The epoch's figures, the model being judged as it would be left. */
    EpochResult result() {
      Map<String, Double> figures = new LinkedHashMap<>(tally.figures());
      if (validation.size() > 0) {
        withAverage(() -> judges().forEach(judge -> figures.putAll(judged(judge))));
      }
      hooks.figures().forEach(figures::putIfAbsent);
      return new EpochResult(number + 1, figures, seconds());
    }

    private List<Judge> judges() {
      List<Judge> all = new ArrayList<>(asked.judges);
      all.add(
          0,
          tally.classified() > 0
              ? Judge.accuracy()
              : Judge.loss(asked.objective, at(stepsPerEpoch() - 1)));
      return all;
    }

    private Map<String, Double> judged(Judge judge) {
      try (Scope scope = Scope.open();
          Module.Evaluating mode = model.evaluating()) {
        return judge.judge(model, validation);
      }
    }
  }
}
