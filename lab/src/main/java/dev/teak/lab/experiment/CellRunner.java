package dev.teak.lab.experiment;

import dev.teak.lab.measure.Measure;
import dev.teak.lab.measure.Trial;
import dev.teak.nn.settings.Settings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs a cell: has its model trained and asks of it what the experiment asks. Its result depends on
 * the experiment, the data, the cell and the device alone.
 *
 * @param experiment what is measured
 * @param data its images
 * @param artifacts where models are
 * @param folder where measures that are done are noted, so that a killed cell goes on with the next
 * @param effort is told of what is done
 */
record CellRunner(
    Experiment experiment, Data data, Artifacts artifacts, ResultsFolder folder, Effort effort) {
  private static final int BYTES_A_WEIGHT = 4;

  /** What a cell gave, and what it took. */
  record Done(CellResult result, CellTimes times) {}

  /** What one measure of a cell found: a line of {@code measures.jsonl}. */
  record Part(String id, String measure, Map<String, Measured> found, double seconds) {}

  Done run(Cell cell) throws IOException {
    try (Trained trained = artifacts.get(cell)) {
      Trial trial = new Trial(cell, trained, data.test(), data.learning().classes(), artifacts);
      long start = System.nanoTime();
      int images = trial.clean().length;
      final double inference = seconds(start);
      Map<String, Measured> found = new LinkedHashMap<>();
      Map<String, Double> took = new LinkedHashMap<>();
      for (Measure measure : experiment.asked(cell)) {
        Part part = part(cell, measure, trial);
        part.found.forEach(
            (name, m) -> {
              if (found.put(name, m) != null) {
                throw new IllegalArgumentException(
                    "measures: '" + part.measure + "' finds '" + name + "', as another does");
              }
            });
        took.put(part.measure, part.seconds);
        effort.measured(measure, images);
      }
      long parameters = trained.model().parameterCount();
      CellResult result =
          new CellResult(
              CellResult.Key.of(cell),
              trained.epochs(),
              found,
              parameters,
              BYTES_A_WEIGHT * parameters / 1e6);
      CellTimes times =
          new CellTimes(
              cell.id(), trained.seconds(), inference, images, took, PeakMemory.mebibytes());
      return new Done(result, times);
    }
  }

  private Part part(Cell cell, Measure measure, Trial trial) throws IOException {
    String name = Settings.text(measure);
    Part noted = folder.part(cell, name);
    if (noted != null) {
      return noted;
    }
    long start = System.nanoTime();
    Part part = new Part(cell.id(), name, measure.of(trial), seconds(start));
    folder.add(part);
    return part;
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) * 1e-9;
  }
}
