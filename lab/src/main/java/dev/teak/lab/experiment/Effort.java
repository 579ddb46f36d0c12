package dev.teak.lab.experiment;

import dev.teak.defenses.Defense;
import dev.teak.defenses.FrontDefense;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.lab.measure.Measure;
import dev.teak.nn.Module;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Progress;
import dev.teak.nn.train.TrainingListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How much there is to do, and how much of it is done. The unit is a pass of one image through a
 * model, forwards and backwards: training, attacks and checks all consist of these, so that an
 * estimate made of them is right to a factor of two or so before anything has run.
 */
final class Effort implements TrainingListener {
  private static final int BATCH = 64;

  private final Experiment experiment;
  private final Data data;
  private final Progress progress;
  private final Map<Architecture, Double> secondsAPass = new HashMap<>();
  private String task = "";
  private String detail = "";
  private double total;
  private double done;
  private double passesABatch;

  Effort(Experiment experiment, Data data, Progress progress) {
    this.experiment = experiment;
    this.data = data;
    this.progress = progress;
  }

  /** Passes of a cell's training and measures. */
  double passes(Cell cell) {
    return training(cell) + asked(cell);
  }

  private double training(Cell cell) {
    Recipe recipe = cell.recipe();
    double passes = 0;
    for (int i = 0; i < recipe.phases().size(); i++) {
      double share = recipe.isInFolds(i + 1) ? Folds.share(recipe) : 1;
      passes += share * data.learning().train().size() * passes(recipe.phases().get(i));
    }
    return passes;
  }

  /** For a training image; what stands in front is counted as if each recipe fitted its own. */
  private static double passes(Phase phase) {
    double each = 1;
    double fits = 0;
    for (Defense d : phase.defenses()) {
      each += d instanceof TrainingDefense t ? t.passes() : 0;
      fits += d instanceof FrontDefense f ? f.passes() : 0;
    }
    return phase.epochs() * each + fits;
  }

  private double asked(Cell cell) {
    int test = data.test().size();
    return experiment.asked(cell).stream().mapToDouble(m -> m.passes(test)).sum();
  }

  /** About how many seconds some cells take, on this machine, one at a time. */
  double seconds(List<Cell> cells) {
    double seconds = 0;
    for (Cell cell : cells) {
      double each =
          secondsAPass.computeIfAbsent(cell.recipe().model(), model -> secondsAPass(model));
      seconds += passes(cell) * each;
    }
    return seconds;
  }

  /** By one step of a training, after one that warms up. */
  private double secondsAPass(Architecture architecture) {
    Module model =
        architecture.build(
            data.learning().train().image(),
            data.learning().classes(),
            new RandomStream(0, "init"));
    int count = Math.min(BATCH, data.learning().train().size());
    int[] rows = IntStream.range(0, count).toArray();
    long start = 0;
    for (int i = 0; i < 3; i++) {
      start = System.nanoTime();
      try (Scope scope = Scope.open()) {
        Batch b = data.learning().train().batch(rows, 0, count);
        Tensor loss = Losses.crossEntropy(model.forward(b.images()), b.labels());
        loss.backward();
        loss.item();
        model.zeroGrad();
      }
    }
    return (System.nanoTime() - start) * 1e-9 / count;
  }

  /** Begins with some cells. */
  synchronized void begin(String name, List<Cell> cells, boolean withMeasures) {
    task = name;
    done = 0;
    total = cells.stream().mapToDouble(c -> withMeasures ? passes(c) : training(c)).sum();
    tell();
  }

  /** So many of the cells are done. */
  synchronized void cells(String name, String last) {
    task = name;
    detail = last;
    tell();
  }

  /** A measure is done. */
  synchronized void measured(Measure measure, int images) {
    done += measure.passes(images);
    tell();
  }

  @Override
  public synchronized void onBatch(int epoch, int batch, int batches, double loss) {
    passesABatch = (double) data.learning().train().size() / batches;
    done += passesABatch;
    tell();
  }

  private void tell() {
    progress.at(task, Math.round(Math.min(done, total)), Math.round(total), detail);
  }
}
