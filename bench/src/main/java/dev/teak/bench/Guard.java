package dev.teak.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Holds ratios to libtorch against recorded ones: {@code baseline-17.json} for JDKs below 21,
 * {@code baseline-25.json} for newer ones, each the file that {@code --json} wrote.
 */
public final class Guard {
  /** What a ratio may fall by before it is named. */
  public static final double ALLOWED = 0.15;

  private final Map<String, Double> recorded;

  private Guard(Map<String, Double> recorded) {
    this.recorded = recorded;
  }

  /** With what was recorded for this JDK. */
  public static Guard recorded() throws IOException {
    String name = Runtime.version().feature() < 21 ? "baseline-17.json" : "baseline-25.json";
    try (InputStream in = Guard.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("there is no " + name + " beside the benchmarks");
      }
      return of(new ObjectMapper().readTree(in));
    }
  }

  /** With the ratios of a table's JSON. */
  static Guard of(JsonNode table) {
    Map<String, Double> ratios = new HashMap<>();
    for (JsonNode row : table.get("rows")) {
      if (row.hasNonNull("ratio")) {
        ratios.put(key(row.get("work").asText(), row.get("backend").asText()), ratio(row));
      }
    }
    return new Guard(ratios);
  }

  private static double ratio(JsonNode row) {
    return row.get("ratio").asDouble();
  }

  private static String key(String work, String backend) {
    return work + " (" + backend + ")";
  }

  /** A line for each work that is slower than recorded, beside libtorch, by more than allowed. */
  public List<String> fallen(List<PeerRow> rows) {
    List<String> lines = new ArrayList<>();
    for (PeerRow row : rows) {
      String key = key(row.work(), row.backend());
      Double before = recorded.get(key);
      if (before != null && row.ratio() != null && row.ratio() < before * (1 - ALLOWED)) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s: ratio %.2f, recorded %.2f: fell by %.0f%%",
                key,
                row.ratio(),
                before,
                100 * (1 - row.ratio() / before)));
      }
    }
    return lines;
  }

  /** Whether anything of these rows is recorded. */
  public boolean knows(List<PeerRow> rows) {
    return rows.stream().anyMatch(row -> recorded.containsKey(key(row.work(), row.backend())));
  }
}
