package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.experiment.Experiment;
import dev.teak.nn.settings.Settings;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The page of any experiment, made from what its cells measured: a part stands where there is
 * something to show. Where the experiment is a paper's, what the paper says stands beside it. The
 * same results give the same bytes.
 */
public final class ExperimentReport {
  /** Recipes in one chart, the undefended among them. */
  private static final int LINES = LineChart.STYLES;

  /** From more recipes on, charts of each are behind a line to click on. */
  private static final int FEW = 8;

  private final Experiment experiment;
  private final Results results;
  private final Claims claims;
  private final Page page;

  private ExperimentReport(Experiment experiment, Results results, Claims claims) {
    this.experiment = experiment;
    this.results = results;
    this.claims = claims;
    this.page = new Page(claims == null ? experiment.name() : claims.title());
  }

  /**
   * The page as text.
   *
   * @param experiment whose
   * @param results of some or all of its cells; what is missing is said and left out
   * @param times of some or all of them
   * @param settings the text of {@code settings.yaml}, by which {@code teak run} makes it again;
   *     its first lines, after a #, say by which version and on which device
   * @param claims what a paper says of it; null where there is none
   */
  public static String html(
      Experiment experiment,
      List<CellResult> results,
      List<CellTimes> times,
      String settings,
      Claims claims) {
    Results ordered = new Results(experiment.cells(), results, times);
    ExperimentReport report = new ExperimentReport(experiment, ordered, claims);
    report.firstScreen();
    if (ordered.groups().isEmpty()) {
      report.page.add(tag("p").withText("No cell has a result yet."));
    } else {
      if (claims != null) {
        claims.parts(ordered).forEach(p -> report.part(p.heading(), p.content()));
      }
      report.figures();
      report.tables();
    }
    report.part("How to make it again", SettingsSection.of(experiment, settings));
    return report.page.html();
  }

  /** Adds a part where there is something to show. */
  private void part(String heading, List<? extends DomContent> content) {
    if (!content.isEmpty()) {
      page.heading(heading).add(content);
    }
  }

  private void firstScreen() {
    List<Question> questions =
        claims == null ? OwnQuestions.of(results) : claims.questions(results);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", Settings.text(experiment.data()));
    facts.put("trained on", Formats.count(experiment.images().train(), "image"));
    facts.put("tested on", Formats.count(experiment.images().test(), "image"));
    facts.put(
        "experiment", experiment.name() + ", " + Formats.count(experiment.seeds().size(), "seed"));
    List<DomContent> charts = claims == null ? ownCharts() : claims.charts(results);
    page.add(new FirstScreen(warnings(), questions, charts, facts).render());
    if (!results.missing().isEmpty()) {
      List<DomContent> cells = new ArrayList<>();
      results.missing().forEach(c -> cells.add(tag("li").withText(c.id())));
      page.add(Page.fold("Cells without a result", List.of(tag("ul").with(cells))));
    }
    if (!questions.isEmpty()) {
      page.add(Page.note(claims == null ? basis() : claims.basis()));
    }
  }

  private static String basis() {
    return "Computed from the results: a recipe is ahead of another where the 95% interval of their"
        + " differences, seed by seed (of one seed under attack, over its images), lies above zero."
        + " Corrected for the number of comparisons they stand under Significance.";
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (claims != null) {
      warnings.addAll(claims.warnings(experiment));
    }
    List<Cell> missing = results.missing();
    if (!missing.isEmpty()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%d of %d cells have no result: the run was stopped or is not done. They are left out"
                  + " of all that follows.",
              missing.size(),
              experiment.cells().size()));
    }
    return warnings;
  }

  private List<DomContent> ownCharts() {
    return results.models().stream()
        .map(m -> AttackFigures.bars(results, m, featured(results.of(m))))
        .toList();
  }

  private void figures() {
    List<DomContent> bars = new ArrayList<>();
    for (String m : results.models()) {
      bars.add(AttackFigures.bars(results, m, results.of(m)));
    }
    if (claims != null || results.groups().size() > LINES) {
      part(
          "Accuracy clean and attacked",
          List.of(
              Page.side(bars).withClass("side bars"),
              Page.note(
                  "Whiskers are 95% intervals over seeds; where there is one seed, over its"
                      + " images.")));
    }
    part("Accuracy over epsilon", curves());
    part("Epoch by epoch", epochs());
    part("Examples: perturbation and attacked image", ExampleFigures.of(featured()));
    List<DomContent> confusion = ConfusionFigures.of(featured());
    if (!confusion.isEmpty()) {
      part(
          "What was taken for what",
          List.of(
              Page.side(confusion),
              Page.note("Of the test set as it is, all seeds of a recipe together.")));
    }
  }

  private List<DomContent> curves() {
    List<DomContent> page =
        new ArrayList<>(perModel((m, groups) -> AttackFigures.byAttack(results, m, groups)));
    for (String model : results.models()) {
      List<DomContent> each = AttackFigures.byTraining(results, model);
      if (!each.isEmpty()) {
        page.add(
            each.size() <= FEW && claims == null
                ? Page.side(each)
                : Page.fold("Every recipe of " + model, List.of(Page.side(each))));
      }
    }
    return page;
  }

  private List<DomContent> epochs() {
    List<DomContent> page = new ArrayList<>(perModel(EpochFigures::of));
    if (!page.isEmpty()) {
      String phases =
          EpochFigures.hasBorders(results.groups())
              ? " An upright line marks where a phase ends and the next begins."
              : "";
      page.add(
          Page.note(
              "Means over seeds, the bands their 95% intervals. Training accuracy is on the batches"
                  + " as they were trained on; validation, precision, recall and F1 are on whole"
                  + " images that were held back."
                  + phases));
    }
    return page;
  }

  /** Those that are featured first; all others, a few at a time, behind a line to click on. */
  private List<DomContent> perModel(BiFunction<String, List<Group>, List<DomContent>> figures) {
    List<DomContent> all = new ArrayList<>();
    for (String model : results.models()) {
      List<Group> featured = featured(results.of(model));
      List<DomContent> first = figures.apply(model, featured);
      if (!first.isEmpty()) {
        all.add(Page.side(first));
      }
      List<Group> others = results.of(model).stream().filter(g -> !featured.contains(g)).toList();
      List<DomContent> rest = new ArrayList<>();
      for (int i = 0; i < others.size(); i += LINES - 1) {
        List<Group> few = new ArrayList<>();
        Group baseline = results.baseline(model);
        if (baseline != null && !others.contains(baseline)) {
          few.add(baseline);
        }
        few.addAll(others.subList(i, Math.min(others.size(), i + LINES - 1)));
        rest.addAll(figures.apply(model, few));
      }
      if (!rest.isEmpty()) {
        all.add(Page.fold("The other recipes of " + model, List.of(Page.side(rest))));
      }
    }
    return all;
  }

  /** Those that the paper is about, as many as a chart holds; the first few where none is. */
  private List<Group> featured(List<Group> groups) {
    List<Group> paper =
        groups.stream().filter(g -> claims != null && claims.features(g)).limit(LINES).toList();
    return paper.stream().anyMatch(g -> !g.isPlain())
        ? paper
        : groups.stream().limit(LINES).toList();
  }

  /** The same of all models. */
  private List<Group> featured() {
    return results.models().stream().flatMap(m -> featured(results.of(m)).stream()).toList();
  }

  private void tables() {
    part("Every recipe", TrainingTables.accuracy(results));
    part("Precision, recall and F1", TrainingTables.metrics(results));
    List<DomContent> significance = new ArrayList<>(SignificanceTable.of(results));
    significance.addAll(GroupTests.pairs(results));
    part("Significance", significance);
    part("Runs: a point each seed", GroupTests.boxes(results));
    part("Masked gradients", ChecksTable.of(results));
    part("Attacks from another model", TransferTable.of(results));
    part("Masks at test time, and learned ones", TrainingTables.masks(results));
    part("Other measures", OtherMeasures.of(results));
    part("Time and size", CostTable.of(results));
  }
}
