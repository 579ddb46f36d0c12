package dev.teak.lab.experiment;

/**
 * What a cell took: one line of {@code timings.jsonl}. Of a cell that was run again after a kill
 * the last line counts.
 *
 * @param id of the cell
 * @param trainSeconds wall time of training, validation included
 * @param inferenceSeconds wall time of one pass over the test set
 * @param inferenceImages how many those are
 * @param attackSeconds wall time of all attacks
 * @param checkSeconds wall time of the checks for masked gradients
 * @param peakMemoryMb the most memory that the process had used by the end of the cell, in MiB;
 *     cells at the same time share a process
 */
public record CellTimes(
    String id,
    double trainSeconds,
    double inferenceSeconds,
    int inferenceImages,
    double attackSeconds,
    double checkSeconds,
    double peakMemoryMb) {}
