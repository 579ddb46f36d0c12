package dev.teak.lab.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.lab.experiment.CatastrophicOverfitting;
import dev.teak.nn.io.WholeFile;
import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints each epoch as it ends, and keeps a file of them, one line of JSON each. The file is
 * written whole after every epoch, so that after a resume it is neither longer nor shorter than
 * what the state knows of.
 */
class EpochLog implements TrainingListener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TrainingProgress shown;
  private final PrintWriter console;
  private final Path file;
  private final List<EpochResult> history = new ArrayList<>();

  EpochLog(TrainingProgress shown, PrintWriter console, Path file) {
    this.shown = shown;
    this.console = console;
    this.file = file;
  }

  /** The epochs so far, those before a resume included. */
  List<EpochResult> history() {
    return List.copyOf(history);
  }

  @Override
  public void onResume(List<EpochResult> done, int batches) {
    history.addAll(done);
    write();
    shown.onResume(done, batches);
  }

  @Override
  public void onBatch(int epoch, int batch, int batches, double loss) {
    shown.onBatch(epoch, batch, batches, loss);
  }

  @Override
  public void onEpoch(EpochResult result) {
    history.add(result);
    write();
    shown.progress().print(console, line(result, shown.epochs()));
    CatastrophicOverfitting.in(history)
        .ifPresent(warning -> shown.progress().print(console, "warning: " + warning));
  }

  private void write() {
    try {
      StringBuilder lines = new StringBuilder();
      for (EpochResult e : history) {
        lines.append(JSON.writeValueAsString(row(e))).append('\n');
      }
      WholeFile.write(file, lines.toString().getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An epoch as results have it. */
  static Map<String, Object> row(EpochResult e) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("epoch", e.epoch());
    e.figures().forEach((name, v) -> row.put(name, Double.isFinite(v) ? v : null));
    row.put("seconds", e.seconds());
    return row;
  }

  private static String line(EpochResult e, int epochs) {
    return "epoch " + e.epoch() + " of " + epochs + figures(e);
  }

  /** An epoch's figures as a person reads them: {@code : loss 0.1234, 1.2 s}. */
  static String figures(EpochResult e) {
    StringBuilder line = new StringBuilder(":");
    e.figures().forEach((name, v) -> line.append(' ').append(figure(name, v)).append(','));
    return line.append(String.format(Locale.ROOT, " %.1f s", e.seconds())).toString();
  }

  private static String figure(String name, double value) {
    String words = name.replace('_', ' ');
    return name.endsWith("accuracy")
        ? String.format(Locale.ROOT, "%s %.2f%%", words, 100 * value)
        : String.format(Locale.ROOT, "%s %.4f", words, value);
  }
}
