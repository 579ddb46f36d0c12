package dev.teak.lab.experiment;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a cell took: one line of {@code timings.jsonl}. Of a cell that was run again after a kill
 * the last line counts.
 *
 * @param id of the cell
 * @param trainSeconds wall time of training, validation included, of all phases, also of those that
 *     another cell had trained
 * @param inferenceSeconds wall time of one pass over the test set
 * @param inferenceImages how many those are
 * @param measureSeconds wall time of each measure
 * @param peakMemoryMb the most memory that the process had used by the end of the cell, in MiB;
 *     cells at the same time share a process
 */
public record CellTimes(
    String id,
    double trainSeconds,
    double inferenceSeconds,
    int inferenceImages,
    Map<String, Double> measureSeconds,
    double peakMemoryMb) {
  /** Takes a copy. */
  public CellTimes {
    measureSeconds = new LinkedHashMap<>(measureSeconds);
  }
}
