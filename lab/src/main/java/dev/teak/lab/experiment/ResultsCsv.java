package dev.teak.lab.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Results as tables; empty where something was not measured. {@code docs/results.md} has the
 * columns.
 */
final class ResultsCsv {
  private static final List<String> CELL =
      List.of("id", "recipe", "model", "defenses", "seed", "parameters", "size_mb");
  private static final List<String> FIGURE =
      List.of("id", "recipe", "seed", "measure", "figure", "value", "images", "low", "high");

  private ResultsCsv() {}

  private static List<Object> cell(CellResult r) {
    CellResult.Key c = r.cell();
    List<Object> row = new ArrayList<>();
    row.addAll(List.of(c.id(), c.recipe(), c.model(), c.defenses(), c.seed()));
    row.addAll(List.of(r.parameters(), r.sizeMb()));
    return row;
  }

  /** One row a cell, one column a figure; those of the last epoch first. */
  static String wide(List<CellResult> results) {
    List<Map<String, Object>> found = results.stream().map(ResultsCsv::figuresOf).toList();
    Set<String> names = new LinkedHashSet<>();
    found.forEach(f -> names.addAll(f.keySet()));
    List<String> header = new ArrayList<>(CELL);
    header.addAll(names);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      List<Object> row = cell(results.get(i));
      Map<String, Object> figures = found.get(i);
      names.forEach(name -> row.add(figures.get(name)));
      rows.add(row);
    }
    return text(header, rows);
  }

  private static Map<String, Object> figuresOf(CellResult r) {
    Map<String, Object> all = new LinkedHashMap<>();
    if (!r.epochs().isEmpty()) {
      all.putAll(r.epochs().get(r.epochs().size() - 1).figures());
    }
    r.measures()
        .forEach(
            (name, m) ->
                m.figures().forEach((figure, f) -> all.put(name + " " + figure, f.value())));
    return all;
  }

  /** One row a figure. */
  static String figures(List<CellResult> results) {
    List<List<Object>> rows = new ArrayList<>();
    for (CellResult r : results) {
      CellResult.Key c = r.cell();
      for (CellResult.Epoch e : r.epochs()) {
        String at = "phase " + e.phase() + " epoch " + e.epoch();
        e.figures().forEach((name, v) -> rows.add(row(c, at, name, Figure.of(v))));
      }
      r.measures()
          .forEach((at, m) -> m.figures().forEach((name, f) -> rows.add(row(c, at, name, f))));
    }
    return text(FIGURE, rows);
  }

  private static List<Object> row(CellResult.Key c, String measure, String name, Figure f) {
    List<Object> row = new ArrayList<>();
    row.addAll(List.of(c.id(), c.recipe(), c.seed(), measure, name, f.value()));
    row.add(f.images());
    row.add(f.low());
    row.add(f.high());
    return row;
  }

  /** Which file of weights is of which cell. */
  static String weights(Path folder, List<Cell> cells, Artifacts artifacts) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    for (Cell c : cells) {
      Path file = folder.relativize(artifacts.file(c));
      rows.add(List.of(c.id(), c.recipe().name(), c.seed(), file.toString().replace('\\', '/')));
    }
    return text(List.of("id", "recipe", "seed", "file"), rows);
  }

  private static String text(List<String> header, List<List<Object>> rows) {
    StringBuilder text = new StringBuilder();
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader(header.toArray(String[]::new))
            .setRecordSeparator("\n")
            .get();
    try (CSVPrinter printer = new CSVPrinter(text, format)) {
      for (List<Object> row : rows) {
        printer.printRecord(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
