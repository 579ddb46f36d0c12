package dev.teak.lab.report;

import dev.teak.attacks.Norm;
import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.UnderAttack;
import dev.teak.lab.measure.Attacked;
import dev.teak.lab.measure.StraightThrough;
import dev.teak.lab.measure.TransferAttack;
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
public final class Results {
  /** Stands between an attack and its epsilon in the name of a measure. */
  static final String AT = "@";

  /** What the field writes in other letters than names are made of here. */
  private static final Map<String, String> TITLES =
      Map.of(
          "autoattack", "AutoAttack",
          "apgd_ce", "APGD-CE",
          "apgd_dlr", "APGD-DLR",
          "apgd_t", "APGD-T",
          "fab_t", "FAB-T",
          "cw", "C&W",
          "cw_linf", "C&W (L-infinity)");

  /** Whose results stand in tables of attacks. */
  private static final Set<String> ATTACKS =
      Set.of(Attacked.NAME, TransferAttack.NAME, StraightThrough.NAME);

  private static final String LINF = Norm.LINF.toString();

  /** Longer names of attacks are words. */
  private static final int ACRONYM = 4;

  private final List<Group> groups = new ArrayList<>();
  private final List<Cell> missing = new ArrayList<>();
  private final Map<String, CellTimes> times;
  private final String norm;
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
        byGroup.computeIfAbsent(cell.recipe().name(), g -> new ArrayList<>()).add(r);
      }
    }
    Set<String> known = cells.stream().map(Cell::id).collect(Collectors.toSet());
    results.stream()
        .filter(r -> !known.contains(r.cell().id()))
        .sorted(Comparator.comparing(r -> r.cell().id()))
        .forEach(r -> byGroup.computeIfAbsent(r.cell().recipe(), g -> new ArrayList<>()).add(r));
    byGroup.values().forEach(rs -> groups.add(new Group(rs.get(0).cell(), rs)));
    this.times = times.stream().collect(Collectors.toMap(CellTimes::id, t -> t, (a, b) -> b));
    List<Measured> attacks =
        results.stream()
            .flatMap(r -> r.measures().values().stream())
            .filter(m -> ATTACKS.contains(m.measure()))
            .toList();
    List<String> norms = attacks.stream().map(Results::norm).distinct().toList();
    this.norm = norms.isEmpty() || norms.contains(LINF) ? LINF : norms.get(0);
    Set<Double> all = new TreeSet<>();
    attacks.stream().filter(this::isAttack).forEach(m -> all.add(UnderAttack.of(m).epsilon()));
    this.epsilons = List.copyOf(all);
  }

  /** Cells without a result. */
  public List<Cell> missing() {
    return missing;
  }

  /** All that have a result. */
  public List<Group> groups() {
    return groups;
  }

  public Set<String> models() {
    return groups.stream().map(Group::model).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  public List<Group> of(String model) {
    return groups.stream().filter(g -> g.model().equals(model)).toList();
  }

  /** All of a recipe; null where no cell of it is done. */
  public Group named(String recipe) {
    return groups.stream().filter(g -> g.cell().recipe().equals(recipe)).findFirst().orElse(null);
  }

  /** The model's first training without a defense; null where no cell of it is done. */
  public Group baseline(String model) {
    return of(model).stream().filter(Group::isPlain).findFirst().orElse(null);
  }

  /** The model's other trainings. */
  public List<Group> defended(String model) {
    Group baseline = baseline(model);
    return of(model).stream().filter(g -> !g.equals(baseline)).toList();
  }

  /** All that were attacked with in the norm of tables and charts, rising. */
  public List<Double> epsilons() {
    return epsilons;
  }

  /** The one of which there is but one figure to show; NaN without any. */
  public double middleEpsilon() {
    return epsilons.isEmpty() ? Double.NaN : epsilons.get(epsilons.size() / 2);
  }

  /**
   * Attacks that know the defense, by which some cell was attacked, in the order in which they were
   * asked for.
   */
  public List<String> attacks() {
    return groups.stream()
        .flatMap(g -> g.results().stream())
        .flatMap(r -> r.attacked().stream())
        .filter(a -> isAttack(a.found()))
        .map(UnderAttack::attack)
        .distinct()
        .toList();
  }

  /**
   * The same with attacks that do not know the defense or take it for the identity, and those that
   * come from another model, by what measures are called without their epsilon: {@code fgsm naive}.
   */
  public List<String> underAttack() {
    return groups.stream()
        .flatMap(g -> g.results().stream())
        .flatMap(r -> r.measures().entrySet().stream())
        .filter(e -> isAttack(e.getValue()) && e.getKey().contains(AT))
        .map(e -> e.getKey().substring(0, e.getKey().lastIndexOf(AT)))
        .distinct()
        .toList();
  }

  /**
   * Whether it stands in tables and charts of attacks: an epsilon of one norm is none of another.
   */
  boolean isAttack(Measured m) {
    return ATTACKS.contains(m.measure()) && norm(m).equals(norm);
  }

  /** Where nothing was written of it, L-infinity. */
  private static String norm(Measured m) {
    Object norm = m.settings().get("settings") instanceof Map<?, ?> all ? all.get("norm") : null;
    return norm == null ? LINF : norm.toString();
  }

  /** The norm of these tables and charts: L-infinity, or where no attack is in it the first's. */
  String norm() {
    return norm.equals(LINF) ? "L-infinity" : norm;
  }

  /** A figure of a cell's times; NaN where none were written. */
  public ToDoubleFunction<CellResult> time(ToDoubleFunction<CellTimes> figure) {
    return r -> {
      CellTimes t = times.get(r.cell().id());
      return t == null ? Double.NaN : figure.applyAsDouble(t);
    };
  }

  /** What cells took, as far as it is known. */
  List<CellTimes> times() {
    return List.copyOf(times.values());
  }

  /** Training time over that of another group, in words. */
  public String slower(Group g, Group than) {
    ToDoubleFunction<CellResult> seconds = time(CellTimes::trainSeconds);
    return Formats.slower(g.median(seconds), than.median(seconds));
  }

  /** An attack's name as the field writes it, and how it was led where not by the defense. */
  public static String title(String attack) {
    String from = TransferAttack.NAME + " ";
    if (attack.startsWith(from)) {
      return from + title(attack.substring(from.length()));
    }
    int how = attack.indexOf(' '); // naive, or straight through
    if (how > 0) {
      return title(attack.substring(0, how)) + attack.substring(how);
    }
    String known = TITLES.get(attack.replace('-', '_'));
    if (known != null) {
      return known;
    }
    return attack.length() <= ACRONYM
        ? attack.toUpperCase(Locale.ROOT)
        : attack.substring(0, 1).toUpperCase(Locale.ROOT) + attack.substring(1).replace('_', ' ');
  }
}
