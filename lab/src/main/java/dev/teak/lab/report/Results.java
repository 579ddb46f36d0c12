package dev.teak.lab.report;

import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The results of an experiment, in the order of its cells, and found by model and training. */
final class Results {
  private static final String AUTOATTACK = "autoattack";

  private final List<Group> groups = new ArrayList<>();
  private final List<Cell> missing = new ArrayList<>();
  private final Map<String, CellTimes> times;
  private final List<Double> epsilons;

  /**
   * Puts results in order.
   *
   * @param cells what the experiment consists of
   * @param results of some or all of them, and then those of cells that a search has found
   * @param times of some or all of them; the last of a cell counts
   */
  Results(List<Cell> cells, List<CellResult> results, List<CellTimes> times) {
    Map<String, CellResult> byId =
        results.stream().collect(Collectors.toMap(r -> r.cell().id(), r -> r, (a, b) -> b));
    Map<String, List<CellResult>> byGroup = new LinkedHashMap<>();
    for (Cell cell : cells) {
      CellResult r = byId.get(cell.id());
      if (r == null) {
        missing.add(cell);
      } else {
        byGroup.computeIfAbsent(cell.group(), g -> new ArrayList<>()).add(r);
      }
    }
    Set<String> known = cells.stream().map(Cell::id).collect(Collectors.toSet());
    results.stream()
        .filter(r -> !known.contains(r.cell().id()))
        .sorted(Comparator.comparing(r -> r.cell().id()))
        .forEach(r -> byGroup.computeIfAbsent(r.cell().group(), g -> new ArrayList<>()).add(r));
    byGroup.values().forEach(rs -> groups.add(new Group(rs.get(0).cell(), rs)));
    this.times = times.stream().collect(Collectors.toMap(CellTimes::id, t -> t, (a, b) -> b));
    Set<Double> all = new TreeSet<>();
    results.forEach(r -> r.attacked().forEach(a -> all.add(a.epsilon())));
    this.epsilons = List.copyOf(all);
  }

  /** Cells without a result. */
  List<Cell> missing() {
    return missing;
  }

  /** All that have a result. */
  List<Group> groups() {
    return groups;
  }

  Set<String> models() {
    return groups.stream().map(Group::model).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  List<Group> of(String model) {
    return groups.stream().filter(g -> g.model().equals(model)).toList();
  }

  /** The model's plain training; null where no cell of it is done. */
  Group baseline(String model) {
    return of(model).stream().filter(Group::isBaseline).findFirst().orElse(null);
  }

  /** The model's other trainings. */
  List<Group> defended(String model) {
    return of(model).stream().filter(g -> !g.isBaseline()).toList();
  }

  /** All that were attacked with, rising. */
  List<Double> epsilons() {
    return epsilons;
  }

  /** The one of which there is but one figure to show; NaN without any. */
  double middleEpsilon() {
    return epsilons.isEmpty() ? Double.NaN : epsilons.get(epsilons.size() / 2);
  }

  /** The attacks that some cell was attacked with, in the order of {@link CellResult#ATTACKS}. */
  List<String> attacks() {
    return CellResult.ATTACKS.stream()
        .filter(
            a ->
                groups.stream()
                    .flatMap(g -> g.results().stream())
                    .anyMatch(r -> r.attacked().stream().anyMatch(x -> x.attack().equals(a))))
        .toList();
  }

  /** A figure of a cell's times; NaN where none were written. */
  ToDoubleFunction<CellResult> time(ToDoubleFunction<CellTimes> figure) {
    return r -> {
      CellTimes t = times.get(r.cell().id());
      return t == null ? Double.NaN : figure.applyAsDouble(t);
    };
  }

  /** An attack's name as the field writes it. */
  static String title(String attack) {
    return attack.equals(AUTOATTACK) ? "AutoAttack" : attack.toUpperCase(Locale.ROOT);
  }
}
