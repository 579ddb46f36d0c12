package dev.teak.lab.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.nn.io.WholeFile;
import dev.teak.nn.io.WriterLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The folder of an experiment's files: {@code settings.yaml}, which says what it is of, {@code
 * search.jsonl}, {@code results.jsonl} and {@code timings.jsonl}, which grow by a line a cell,
 * {@code measures.jsonl} with what is done of cells that are not, {@code weights} with all models,
 * and {@code results.csv} (a row a cell), {@code figures.csv} (a row a figure) and {@code
 * weights.csv} (which file is of which cell) at the end. A run that was killed finds there what it
 * has done.
 */
public final class ResultsFolder implements AutoCloseable {
  private static final ObjectMapper JSON = CellResult.JSON;
  private static final String SETTINGS = "settings.yaml";
  private static final String RESULTS = "results.jsonl";
  private static final String TRIALS = "search.jsonl";
  private static final String PARTS = "measures.jsonl";

  private final Path folder;
  private final WriterLock alone;
  private final Map<String, CellResult> results = new LinkedHashMap<>();
  private final Map<String, CellTimes> times = new LinkedHashMap<>();
  private final Map<String, Search.Trial> trials = new LinkedHashMap<>();
  private final List<JsonLines> open = new ArrayList<>();
  private final JsonLines resultLines;
  private final JsonLines timeLines;
  private final JsonLines trialLines;
  private final Map<String, CellRunner.Part> parts = new LinkedHashMap<>();
  private final JsonLines partLines;

  private ResultsFolder(Path folder, WriterLock alone) throws IOException {
    this.folder = folder;
    this.alone = alone;
    resultLines = lines(RESULTS, "a cell's result", line -> put(CellResult.parse(line)));
    timeLines =
        lines(
            "timings.jsonl", "a cell's times", line -> put(JSON.readValue(line, CellTimes.class)));
    partLines = lines(PARTS, "a measure", line -> put(JSON.readValue(line, CellRunner.Part.class)));
    trialLines = lines(TRIALS, "a trial", line -> put(JSON.readValue(line, Search.Trial.class)));
  }

  private interface Taker {
    void take(String line) throws JsonProcessingException;
  }

  private JsonLines lines(String name, String what, Taker taker) throws IOException {
    JsonLines lines = JsonLines.open(folder.resolve(name), what, (n, line) -> taker.take(line));
    open.add(lines);
    return lines;
  }

  /**
   * Opens a folder for an experiment, making it where it is not there.
   *
   * @param provenance what else the results depend on: the device, the images
   * @param origin by what they were first made; not compared
   * @param resume whether results that are there may be gone on from
   * @throws IllegalArgumentException if there are some and may not, or they are of another
   *     experiment
   */
  public static ResultsFolder open(
      Path folder, Experiment experiment, List<String> provenance, String origin, boolean resume)
      throws IOException {
    Files.createDirectories(folder);
    WriterLock alone = WriterLock.of(folder);
    try {
      begin(folder, experiment, provenance, origin, resume);
      return new ResultsFolder(folder, alone);
    } catch (IOException | RuntimeException | Error e) {
      alone.close();
      throw e;
    }
  }

  private static void begin(
      Path folder, Experiment experiment, List<String> provenance, String origin, boolean resume)
      throws IOException {
    String settings =
        provenance.stream().map(line -> "# " + line + "\n").collect(Collectors.joining())
            + ExperimentFile.write(experiment);
    Path file = folder.resolve(SETTINGS);
    if (Files.exists(file)) {
      if (!resume) {
        throw new IllegalArgumentException(
            folder
                + ": holds the results of a run; --resume goes on with it, or choose another"
                + " folder");
      }
      requireSame(file, settings);
    } else {
      write(file, "# " + origin + "\n" + settings);
    }
  }

  private static void requireSame(Path file, String settings) throws IOException {
    String all = Files.readString(file);
    String was = all.substring(all.indexOf('\n') + 1);
    if (was.equals(settings)) {
      return;
    }
    List<String> before = was.lines().toList();
    List<String> now = settings.lines().toList();
    int at = 0;
    while (at < Math.min(before.size(), now.size()) && before.get(at).equals(now.get(at))) {
      at++;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s: is of another experiment: line %d was [%s], is now [%s]",
            file,
            at + 2,
            at < before.size() ? before.get(at).strip() : "",
            at < now.size() ? now.get(at).strip() : ""));
  }

  private void put(CellResult r) {
    results.put(r.cell().id(), r);
  }

  private void put(CellRunner.Part p) {
    parts.put(p.id() + " " + p.measure(), p);
  }

  private void put(CellTimes t) {
    times.put(t.id(), t);
  }

  private void put(Search.Trial t) {
    trials.put(t.id(), t);
  }

  /** Whether a cell is done. */
  synchronized boolean has(Cell cell) {
    return results.containsKey(cell.id());
  }

  /** What is known of a trial; null where it has not been made. */
  synchronized Search.Trial trial(Cell cell) {
    return trials.get(cell.id());
  }

  synchronized void add(CellRunner.Done done) throws IOException {
    timeLines.append(JSON.writeValueAsString(done.times())); // first: a result is never without
    resultLines.append(done.result().toJson());
    put(done.times());
    put(done.result());
  }

  synchronized void add(Search.Trial trial) throws IOException {
    trialLines.append(JSON.writeValueAsString(trial));
    put(trial);
  }

  /** What a measure found of a cell that is not done; null where it has not been asked. */
  synchronized CellRunner.Part part(Cell cell, String measure) {
    return parts.get(cell.id() + " " + measure);
  }

  synchronized void add(CellRunner.Part part) throws IOException {
    partLines.append(JSON.writeValueAsString(part));
    put(part);
  }

  /** Where the models are kept. */
  Path weights() {
    return folder.resolve("weights");
  }

  /** Puts results and trials in their order, and writes the results as tables too. */
  synchronized void finish(List<Cell> cells, List<Cell> tried, Artifacts artifacts)
      throws IOException {
    List<CellResult> ordered = inOrder(cells, results);
    results.clear();
    ordered.forEach(this::put);
    write(folder.resolve(RESULTS), text(ordered.stream().map(CellResult::toJson).toList()));
    write(folder.resolve("results.csv"), ResultsCsv.wide(ordered));
    write(folder.resolve("figures.csv"), ResultsCsv.figures(ordered));
    write(folder.resolve("weights.csv"), ResultsCsv.weights(folder, cells, artifacts));
    if (!tried.isEmpty()) {
      List<String> lines = new ArrayList<>();
      for (Search.Trial trial : inOrder(tried, trials)) {
        lines.add(JSON.writeValueAsString(trial));
      }
      write(folder.resolve(TRIALS), text(lines));
    }
    write(folder.resolve(PARTS), ""); // all of it is in the results
  }

  private static <T> List<T> inOrder(List<Cell> cells, Map<String, T> found) {
    return cells.stream().map(c -> found.get(c.id())).filter(Objects::nonNull).toList();
  }

  private static String text(List<String> lines) {
    return lines.stream().map(line -> JsonLines.sealed(line) + "\n").collect(Collectors.joining());
  }

  /** The text of {@code settings.yaml}. */
  public String settings() throws IOException {
    return Files.readString(folder.resolve(SETTINGS));
  }

  /** The results, in the file's order. */
  public synchronized List<CellResult> results() {
    return List.copyOf(results.values());
  }

  /** What they took, as far as it is known. */
  public synchronized List<CellTimes> times() {
    return List.copyOf(times.values());
  }

  private static void write(Path file, String text) throws IOException {
    WholeFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    for (JsonLines lines : open) {
      lines.close();
    }
    alone.close();
  }
}
