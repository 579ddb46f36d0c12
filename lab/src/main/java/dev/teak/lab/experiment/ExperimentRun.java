package dev.teak.lab.experiment;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;
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
 * Runs what an experiment's folder lacks: the search's trials, then the cells, several at a time.
 * What becomes of a cell depends on no other, so neither the order nor a kill in between changes
 * the results.
 *
 * @param experiment what is run
 * @param data its images
 * @param folder where results go
 * @param parallel cells at a time, 1 or more
 * @param listener is told how it goes
 */
public record ExperimentRun(
    Experiment experiment, Data data, ResultsFolder folder, int parallel, Listener listener) {

  /** Is told how an experiment goes; from any thread. */
  public interface Listener {
    /**
     * So many of the cells, or trials, that were missing are done.
     *
     * @param last the one that was just now; empty at the beginning
     */
    void at(String task, int done, int total, String last);
  }

  /** Rejects what cannot be searched or run. */
  public ExperimentRun {
    if (parallel < 1) {
      throw new IllegalArgumentException("parallel " + parallel + ": must be 1 or more");
    }
    if (experiment.search() != null && experiment.images().validation() == 0) {
      throw new IllegalArgumentException("search: needs validation images, and there are none");
    }
  }

  private interface Task {
    void run(Cell cell) throws IOException;
  }

  /** Runs all that is missing, and puts the files in their order. */
  public void run() throws IOException {
    List<Cell> tried = trials();
    all("search", tried.stream().filter(c -> folder.trial(c) == null).toList(), this::judge);
    List<Cell> cells = new ArrayList<>(experiment.cells());
    cells.addAll(found(tried));
    CellRunner runner = new CellRunner(experiment, data);
    List<Cell> missing = cells.stream().filter(c -> !folder.has(c)).toList();
    all(experiment.name(), missing, cell -> folder.add(runner.run(cell)));
    folder.finish(cells, tried);
  }

  private List<Cell> trials() {
    Search search = experiment.search();
    return search == null ? List.of() : search.cells(experiment.seeds().get(0));
  }

  /** Judges a setting by the validation images; the test images are out of its reach. */
  private void judge(Cell cell) throws IOException {
    try (TrainedCell trained = TrainedCell.of(cell, data.learning(), data.classes())) {
      folder.add(new Search.Trial(cell, trained.validationAccuracy()));
    }
  }

  /** The best setting found, from every seed. */
  private List<Cell> found(List<Cell> tried) {
    if (tried.isEmpty()) {
      return List.of();
    }
    Cell best = Search.best(tried.stream().map(folder::trial).toList()).cell();
    return experiment.seeds().stream().map(seed -> best.from(seed, experiment.epochs())).toList();
  }

  private void all(String name, List<Cell> missing, Task task) throws IOException {
    if (missing.isEmpty()) {
      return;
    }
    AtomicInteger done = new AtomicInteger();
    listener.at(name, 0, missing.size(), "");
    Backend device = Devices.current();
    ExecutorService pool = Executors.newFixedThreadPool(parallel);
    List<Future<?>> running = new ArrayList<>();
    for (Cell cell : missing) {
      running.add(
          pool.submit(
              () -> {
                run(task, cell, device);
                synchronized (done) { // so that the listener is told in order
                  listener.at(name, done.incrementAndGet(), missing.size(), cell.id());
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

  private void run(Task task, Cell cell, Backend device) throws IOException {
    try (Devices.Use use = Devices.use(device);
        Devices.OneThread one = parallel > 1 ? Devices.oneThread() : null) {
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
