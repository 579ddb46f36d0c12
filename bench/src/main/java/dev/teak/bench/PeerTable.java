package dev.teak.bench;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The comparison as a table to read and as JSON.
 *
 * @param jdk the version of the Java that ran it
 * @param threads cores that either side could use
 * @param roofline what the machine can do at most
 * @param rows one for each work
 */
@JsonPropertyOrder({"jdk", "threads", "fma_gflops", "copy_gbps", "rows"})
public record PeerTable(
    String jdk, int threads, @JsonUnwrapped Roofline roofline, List<PeerRow> rows) {
  private static final int NUMBERS = 53;

  /** Keeps its own copy of the rows. */
  public PeerTable {
    rows = List.copyOf(rows);
  }

  /**
   * Measures the pairs one after the other.
   *
   * @param sides whose rows the table has
   * @param peer null where there is none: then Teak's column stands alone
   * @param progress is told each work's name before it begins
   */
  public static PeerTable measure(
      List<PeerPair> pairs,
      List<Works> sides,
      Works peer,
      PeerTimer timer,
      Consumer<String> progress) {
    List<PeerRow> rows = new ArrayList<>();
    for (PeerPair pair : pairs) {
      progress.accept(pair.work());
      rows.addAll(timer.measure(pair, sides, peer));
    }
    return new PeerTable(
        Runtime.version().toString(),
        Runtime.getRuntime().availableProcessors(),
        Roofline.measure(),
        rows);
  }

  /** The table as lines of text, its first column as wide as it need be. */
  public String text() {
    int width = "work".length();
    for (PeerRow row : rows) {
      width = Math.max(width, label(row).length());
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "JDK %s, %d threads, float32; ratio above 1: Teak is faster%n",
            jdk,
            threads));
    text.append(roofline.text())
        .append("; Winograd's rate counts the direct algorithm")
        .append(System.lineSeparator());
    String names = "%-" + width + "s %10s %12s %8s %10s %8s%n";
    text.append(names.formatted("work", "teak ms", "libtorch ms", "ratio", "GFLOP/s", "of peak"));
    text.append("-".repeat(width + NUMBERS)).append(System.lineSeparator());
    for (PeerRow row : rows) {
      text.append(
          names.formatted(
              label(row),
              number(row.teakMs(), 3),
              number(row.libtorchMs(), 3),
              number(row.ratio(), 2),
              number(row.gflops(), 1),
              share(row.gflops())));
    }
    return text.toString();
  }

  private String share(Double gflops) {
    Double peak = roofline.fmaGflops();
    return gflops == null || peak == null
        ? "-"
        : String.format(Locale.ROOT, "%.0f%%", 100 * gflops / peak);
  }

  private static String label(PeerRow row) {
    return row.work() + " (" + row.backend() + ")";
  }

  private static String number(Double value, int digits) {
    return value == null ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /**
   * {@code {"jdk", "threads", "fma_gflops", "copy_gbps", "rows": [{"work", "backend", "teak_ms",
   * "libtorch_ms", ...}]}}.
   */
  public String json() throws IOException {
    return mapper().writeValueAsString(this);
  }

  /** Writes the JSON to a file. */
  public void write(Path file) throws IOException {
    mapper().writeValue(file.toFile(), this);
  }

  private static ObjectMapper mapper() {
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  }
}
