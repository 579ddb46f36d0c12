package dev.teak.lab.experiment;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.train.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what an experiment's folder lacks: the search's trials, then the cells, several at a time;
 * of several, all models are trained before the first is measured. Cells share nothing but
 * artifacts, of which each is made once by whichever cell needs it first, so neither the order nor
 * a kill in between changes the results.
 */
public final class ExperimentRun {
  private final Experiment experiment;
  private final Data data;
  private final ResultsFolder folder;
  private final int parallel;
  private final Effort effort;
  private final Artifacts artifacts;

  /**
   * Of an experiment.
   *
   * @param data its images
   * @param folder where results go
   * @param parallel cells at a time, 1 or more
   * @param progress is told how it goes
   */
  public ExperimentRun(
      Experiment experiment, Data data, ResultsFolder folder, int parallel, Progress progress)
      throws IOException {
    if (parallel < 1) {
      throw new IllegalArgumentException("parallel " + parallel + ": must be 1 or more");
    }
    this.experiment = experiment;
    this.data = data;
    this.folder = folder;
    this.parallel = parallel;
    this.effort = new Effort(experiment, data, progress);
    this.artifacts =
        new Artifacts(folder.weights(), data.learning(), experiment.allRecipes(), effort);
  }

  /** Cells that have no result yet; what a search finds is not known beforehand. */
  public List<Cell> missing() {
    return experiment.cells().stream().filter(c -> !folder.has(c)).toList();
  }

  /** About how many seconds {@link #run} takes on this machine. */
  public double estimate() {
    List<Cell> all = new ArrayList<>(missing());
    trials().stream().filter(c -> folder.trial(c) == null).forEach(all::add);
    int atOnce = atOnce(all);
    try (Devices.OneThread one = atOnce > 1 ? Devices.oneThread() : null) {
      return effort.seconds(all) / atOnce;
    }
  }

  /** Fewer cells than threads leave none of these idle: one by itself has them all. */
  private int atOnce(List<Cell> missing) {
    return Math.max(1, Math.min(parallel, missing.size()));
  }

  private interface Task {
    void run(Cell cell) throws IOException;
  }

  /** Runs all that is missing, and puts the files in their order. */
  public void run() throws IOException {
    List<Cell> tried = trials();
    List<Cell> untried = tried.stream().filter(c -> folder.trial(c) == null).toList();
    effort.begin("search", untried, false);
    all(untried, tried.size(), "settings", this::judge);
    List<Cell> cells = new ArrayList<>(experiment.cells());
    cells.addAll(found(tried));
    CellRunner runner = new CellRunner(experiment, data, artifacts, folder, effort);
    List<Cell> missing = cells.stream().filter(c -> !folder.has(c)).toList();
    effort.begin(experiment.name(), missing, true);
    if (atOnce(missing) > 1) {
      // Else a cell that asks for another's model waits for it, and a core with it.
      all(missing, cells.size(), "models", cell -> artifacts.get(cell).close());
    }
    all(missing, cells.size(), "cells", cell -> folder.add(runner.run(cell)));
    folder.finish(cells, tried, artifacts);
  }

  private Phase training() {
    return experiment.training().or(Phase.DEFAULTS);
  }

  private List<Cell> trials() {
    Search search = experiment.search();
    return search == null ? List.of() : search.cells(experiment.seeds().get(0), training());
  }

  /** Judges a setting by the validation images; the test images are out of its reach. */
  private void judge(Cell cell) throws IOException {
    try (Trained trained = artifacts.get(cell)) {
      double accuracy =
          trained.epochs().get(trained.epochs().size() - 1).figure("validation_accuracy");
      folder.add(new Search.Trial(cell.id(), accuracy));
    }
  }

  /** The best setting found, from every seed. */
  private List<Cell> found(List<Cell> tried) {
    if (tried.isEmpty()) {
      return List.of();
    }
    Cell best = Search.best(tried, tried.stream().map(folder::trial).toList());
    Recipe longer =
        new Recipe(
            best.recipe().name(),
            best.recipe().model(),
            null,
            List.of(best.recipe().phases().get(0).epochs(training().epochs())));
    return experiment.seeds().stream().map(seed -> new Cell(longer, seed)).toList();
  }

  private void all(List<Cell> missing, int of, String what, Task task) throws IOException {
    if (missing.isEmpty()) {
      return;
    }
    AtomicInteger done = new AtomicInteger(of - missing.size());
    Backend device = Devices.current();
    int atOnce = atOnce(missing);
    ExecutorService pool = Executors.newFixedThreadPool(atOnce);
    List<Future<?>> running = new ArrayList<>();
    for (Cell cell : missing) {
      running.add(
          pool.submit(
              () -> {
                run(task, cell, device, atOnce > 1);
                synchronized (done) { // so that progress is told in order
                  String count = done.incrementAndGet() + " of " + of + " " + what;
                  effort.cells(count, cell.id());
                }
                return null;
              }));
    }
    try {
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      rethrow(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    } finally {
      end(pool);
    }
  }

  /** After a failure no further cell begins, and those at work still come to their results. */
  private static void end(ExecutorService pool) {
    pool.shutdownNow();
    try {
      pool.awaitTermination(1, TimeUnit.DAYS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Task task, Cell cell, Backend device, boolean oneThread) throws IOException {
    try (Devices.Use use = Devices.use(device);
        Devices.OneThread one = oneThread ? Devices.oneThread() : null) {
      task.run(cell);
    }
  }

  private static void rethrow(Throwable cause) throws IOException {
    if (cause instanceof IOException e) {
      throw e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException(cause);
  }
}
