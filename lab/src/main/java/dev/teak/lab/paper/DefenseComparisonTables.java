package dev.teak.lab.paper;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.paper.DefenseComparisonFigures.Row;
import dev.teak.lab.report.BoxPlot;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.GroupTests;
import dev.teak.lab.report.LineChart;
import dev.teak.lab.report.LineChart.Point;
import dev.teak.lab.report.LineChart.Series;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Page.Columns;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.Summary;
import dev.teak.lab.stats.Runs;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;

/** The paper's figures with ours beside them, every order, depth, and what differs. */
final class DefenseComparisonTables {
  private final DefenseComparison all;

  DefenseComparisonTables(DefenseComparison all) {
    this.all = all;
  }

  private static double clean(CellResult r) {
    return r.clean("accuracy");
  }

  /** The paper's figures beside ours: mean, deviation, interval, each run. */
  List<DomContent> paper() {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Row row : DefenseComparisonFigures.ROWS) {
      Group g = all.results().named(row.recipe());
      if (g != null) {
        List<DomContent> cells = new ArrayList<>(List.of(text(row.recipe())));
        cells.add(text(Formats.percent(row.clean())));
        cells.add(text(exact(row.fgsm())));
        addRuns(cells, g, DefenseComparisonTables::clean);
        addRuns(cells, g, all.underWeak());
        rows.add(cells);
      }
    }
    if (rows.isEmpty()) {
      return List.of();
    }
    List<String> head = new ArrayList<>(List.of("recipe", "clean", "FGSM"));
    for (int i = 0; i < 2; i++) {
      head.addAll(List.of("mean", "deviation", "95% interval", "runs"));
    }
    return List.of(
        Page.table(
            List.of(
                new Columns("", 1, ""),
                new Columns("the paper", 2, "paper"),
                new Columns("here, clean", 4, ""),
                new Columns("here, " + all.attack(), 4, "")),
            head,
            rows),
        Page.note(
            "In percent. The paper does not state its epsilon. It has one figure of gradient masking"
                + " and does not say of which form, so it stands beside each. Its conclusion gives"
                + " adversarial training "
                + exact(DefenseComparisonFigures.ADVERSARIAL_IN_CONCLUSION)
                + "."));
  }

  /** To the digits that the paper prints. */
  static String exact(double share) {
    return Double.isNaN(share)
        ? Formats.NOTHING
        : Formats.decimals(100 * share, 2).replaceFirst("0$", "") + "%";
  }

  private static void addRuns(List<DomContent> cells, Group g, ToDoubleFunction<CellResult> of) {
    Runs runs = g.runs(of);
    double[] v = runs.values();
    Summary s = Summary.of(v);
    cells.add(text(Formats.decimals(100 * s.mean(), 1)));
    cells.add(
        text(
            v.length < 2
                ? Formats.NOTHING
                : Formats.decimals(100 * Math.sqrt(StatUtils.variance(v)), 1)));
    cells.add(
        text(
            s.hasInterval()
                ? Formats.decimals(100 * s.lowShare(), 1)
                    + " to "
                    + Formats.decimals(100 * s.highShare(), 1)
                : Formats.NOTHING));
    String each =
        runs.bySeed().values().stream()
            .map(x -> Formats.decimals(100 * x, 1))
            .collect(Collectors.joining(", "));
    cells.add(tag("span").withClass("several").withText(each.isEmpty() ? Formats.NOTHING : each));
  }

  /** Every ordered pair and triple: a table and box plots of each. */
  List<DomContent> orders() {
    List<DomContent> page = new ArrayList<>();
    for (int length = 2; !all.orders(length).isEmpty(); length++) {
      page.add(tag("h3").withText(length == 2 ? "Pairs" : length == 3 ? "Triples" : "Longer"));
      List<Group> falling =
          all.orders(length).stream()
              .sorted(
                  Comparator.comparingDouble(
                      (Group g) -> all.left(g).isThere() ? -all.left(g).mean() : 1))
              .toList();
      page.add(orderTable(falling));
      List<Group> singles =
          all.named(
              Stream.of(
                  DefenseComparisonFigures.CONTROL,
                  DefenseComparisonFigures.ADVERSARIAL,
                  DefenseComparisonFigures.DISTILLATION,
                  DefenseComparisonFigures.MASKING));
      List<Group> boxes = new ArrayList<>(singles);
      boxes.addAll(falling);
      page.addAll(boxes(boxes));
    }
    if (!page.isEmpty()) {
      page.add(
          Page.note(
              "In percent, best under FGSM first. The gain is over the control, in points. A later"
                  + " phase starts from the weights of the one before; a distillation that is not"
                  + " first learns from the model as that left it."));
    }
    return page;
  }

  private DomContent orderTable(List<Group> groups) {
    List<String> attacks = all.results().underAttack();
    List<String> head = new ArrayList<>(List.of("order", "the paper", "clean"));
    attacks.forEach(a -> head.add(Results.title(a)));
    head.add("gain under FGSM");
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
      row.add(text(exact(DefenseComparisonFigures.fgsm(g.cell().recipe()))));
      row.add(text(g.over(DefenseComparisonTables::clean).bare()));
      attacks.forEach(a -> row.add(text(g.attacked(a, all.epsilon()).bare())));
      Group control = all.control();
      row.add(
          text(
              control == null
                  ? Formats.NOTHING
                  : g.lessUnder(control, all.weak(), all.epsilon()).points()));
      rows.add(row);
    }
    return Page.table(head, rows);
  }

  private List<DomContent> boxes(List<Group> groups) {
    List<BoxPlot> plots = new ArrayList<>();
    figures()
        .forEach(
            (name, figure) -> {
              List<Runs> runs = GroupTests.runs(groups, figure);
              if (!runs.isEmpty()) {
                plots.add(BoxPlot.of(name, true, runs));
              }
            });
    return plots.isEmpty()
        ? List.of()
        : List.of(Page.side(plots.stream().map(BoxPlot::render).toList()));
  }

  private Map<String, ToDoubleFunction<CellResult>> figures() {
    Map<String, ToDoubleFunction<CellResult>> figures = new LinkedHashMap<>();
    figures.put("clean", DefenseComparisonTables::clean);
    figures.put(all.attack(), all.underWeak());
    return figures;
  }

  /** What differs by more than chance: all at once, and every pair by three tests. */
  List<DomContent> significance() {
    List<Group> groups =
        new ArrayList<>(
            all.named(DefenseComparisonFigures.ROWS.stream().map(Row::recipe).distinct()));
    all.orders(2).stream().filter(g -> !groups.contains(g)).forEach(groups::add);
    return GroupTests.compared("The paper's models and all pairs", groups, figures());
  }

  /** The control and each defense with more and more convolutional layers. */
  List<DomContent> depth() {
    List<Integer> depths = new ArrayList<>(List.of(DefenseComparison.LAYERS));
    depths.addAll(all.depths());
    List<String> deepened = all.deepened();
    if (deepened.isEmpty()) {
      return List.of();
    }
    List<LineChart> charts = new ArrayList<>();
    List<DomContent> tables = new ArrayList<>();
    figures()
        .forEach(
            (name, figure) -> {
              List<Series> series =
                  deepened.stream()
                      .limit(6)
                      .map(d -> new Series(d, points(d, depths, figure)))
                      .filter(s -> !s.points().isEmpty())
                      .toList();
              if (!series.isEmpty()) {
                charts.add(LineChart.ofShares("accuracy, " + name, "convolutional layers", series));
              }
              tables.add(tag("h3").withText("Accuracy, " + name));
              tables.add(depthTable(deepened, depths, figure));
            });
    List<DomContent> page = new ArrayList<>();
    page.add(Page.side(LineChart.sharing(charts).stream().map(LineChart::render).toList()));
    page.addAll(tables);
    page.add(
        Page.note(
            "In percent. The last column but one is the deepest less that with 2 layers, in points,"
                + " by the same seeds."));
    return page;
  }

  private List<Point> points(
      String defense, List<Integer> depths, ToDoubleFunction<CellResult> figure) {
    List<Point> points = new ArrayList<>();
    for (int layers : depths) {
      Group g = all.deep(defense, layers);
      Summary s = g == null ? Summary.NOTHING : g.over(figure);
      if (s.isThere()) {
        points.add(new Point(layers, s.mean(), s.lowShare(), s.highShare(), s.of()));
      }
    }
    return points;
  }

  private DomContent depthTable(
      List<String> deepened, List<Integer> depths, ToDoubleFunction<CellResult> figure) {
    List<String> head = new ArrayList<>(List.of("recipe"));
    depths.forEach(d -> head.add(d + " layers"));
    head.addAll(List.of("more by depth", "the paper, under FGSM"));
    List<List<DomContent>> rows = new ArrayList<>();
    for (String defense : deepened) {
      List<DomContent> row = new ArrayList<>(List.of(text(defense)));
      List<Group> groups = depths.stream().map(d -> all.deep(defense, d)).toList();
      for (Group g : groups) {
        row.add(text(g == null ? Formats.NOTHING : g.over(figure).bare()));
      }
      Group first = groups.get(0);
      Group last = groups.stream().filter(Objects::nonNull).reduce((a, b) -> b).orElse(first);
      row.add(text(last.less(first, figure).points()));
      row.add(
          tag("span")
              .withClass("several")
              .withText(DefenseComparisonFigures.DEPTH.getOrDefault(defense, Formats.NOTHING)));
      rows.add(row);
    }
    return Page.table(head, rows);
  }
}
