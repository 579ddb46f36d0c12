package dev.teak.lab.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Results as a table: one row a cell, one column a figure; empty where it was not measured. */
final class ResultsCsv {
  private static final Map<String, Function<CellResult, Object>> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("id", r -> r.cell().id());
    COLUMNS.put("model", r -> r.cell().model());
    COLUMNS.put("training", r -> r.cell().training());
    COLUMNS.put("mask_pattern", r -> r.cell().pattern());
    COLUMNS.put("mask_ratio", r -> r.cell().ratio());
    COLUMNS.put("seed", r -> r.cell().seed());
    COLUMNS.put("epochs", r -> r.cell().epochs());
    COLUMNS.put("batch", r -> r.cell().batch());
    COLUMNS.put("lr", r -> r.cell().lr());
    COLUMNS.put("train_accuracy", r -> last(r).trainAccuracy());
    COLUMNS.put("validation_accuracy", r -> last(r).validationAccuracy());
    COLUMNS.put("accuracy", r -> r.clean().accuracy());
    COLUMNS.put("precision", r -> r.clean().precision());
    COLUMNS.put("recall", r -> r.clean().recall());
    COLUMNS.put("f1", r -> r.clean().f1());
    COLUMNS.put("masked_accuracy", r -> r.masked() == null ? null : r.masked().accuracy());
    COLUMNS.put("effective_dimension", CellResult::effectiveDimension);
    COLUMNS.put("parameters", CellResult::parameters);
    COLUMNS.put("size_mb", CellResult::sizeMb);
    COLUMNS.put("checks_failed", ResultsCsv::failed);
  }

  private ResultsCsv() {}

  private static CellResult.Epoch last(CellResult r) {
    return r.epochs().get(r.epochs().size() - 1);
  }

  private static Object failed(CellResult r) {
    return r.checks().isEmpty() ? null : r.checks().stream().filter(c -> !c.passed()).count();
  }

  private static Map<String, Double> underAttack(CellResult r) {
    Map<String, Double> found = new LinkedHashMap<>();
    r.attacked().forEach(a -> found.put(a.attack() + "_" + a.epsilon(), a.accuracy()));
    if (r.masked() != null) {
      r.masked()
          .attacked()
          .forEach(a -> found.put("masked_" + a.attack() + "_" + a.epsilon(), a.accuracy()));
    }
    return found;
  }

  /** The table as text, its first line being the columns' names. */
  static String of(List<CellResult> results) {
    Set<String> attacks = new LinkedHashSet<>();
    results.forEach(r -> attacks.addAll(underAttack(r).keySet()));
    List<String> header = new ArrayList<>(COLUMNS.keySet());
    header.addAll(attacks);
    StringBuilder text = new StringBuilder();
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader(header.toArray(String[]::new))
            .setRecordSeparator("\n")
            .get();
    try (CSVPrinter printer = new CSVPrinter(text, format)) {
      for (CellResult r : results) {
        List<Object> row = new ArrayList<>();
        COLUMNS.values().forEach(figure -> row.add(figure.apply(r)));
        Map<String, Double> found = underAttack(r);
        attacks.forEach(name -> row.add(found.get(name)));
        printer.printRecord(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
