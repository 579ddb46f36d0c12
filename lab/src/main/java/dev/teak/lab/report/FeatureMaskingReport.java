package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.experiment.Experiment;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The page of the paper on feature masking: its tables and figures with what was measured, what
 * follows from it, and all that makes it again. The same results give the same bytes.
 */
public final class FeatureMaskingReport {
  /** Trainings in one chart, the baseline among them. */
  private static final int LINES = LineChart.STYLES;

  private static final String STYLE =
      """
      body { max-width: 74rem; } p, ul { max-width: 52rem; }
      .side { display: grid; gap: 0 1.5rem;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
      .bars { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
      .scroll th:first-child, .scroll td:first-child { position: sticky; left: 0; min-width: 6.5rem;
        background: var(--paper); }
      .scroll td { white-space: nowrap; } .scroll td:first-child { white-space: normal; }
      .scroll th, .scroll td { padding: .3rem .6rem; }
      colgroup.paper { background: color-mix(in srgb, var(--s4) 14%, transparent); }
      th.group { text-align: center !important; }
      .facts td { white-space: normal; text-align: left; overflow-wrap: anywhere; }
      .example .pixels { margin-right: .4rem; } .example .note { margin: 0; font-size: .85rem; }
      .warning { border-left: .3rem solid var(--s1); padding-left: .8rem; }
      pre { overflow-x: auto; font-size: .85rem; } summary { cursor: pointer; }
      @media print { .scroll td, .scroll th { padding: .15rem .3rem; } }
      """;

  private final Results results;
  private final List<DomContent> page = new ArrayList<>();

  private FeatureMaskingReport(Results results) {
    this.results = results;
  }

  /**
   * The page as text.
   *
   * @param experiment whose
   * @param results of some or all of its cells; what is missing is said and left out
   * @param times of some or all of them
   * @param settings the text of {@code settings.yaml}, by which {@code teak run} makes it again;
   *     its first lines, after a #, say by which version and on which device
   */
  public static String html(
      Experiment experiment, List<CellResult> results, List<CellTimes> times, String settings) {
    List<Cell> cells = experiment.cells();
    FeatureMaskingReport report = new FeatureMaskingReport(new Results(cells, results, times));
    if (experiment.data().equals("synthetic")) {
      report.warning(
          "These are the built-in synthetic digits, not MNIST: the paper's figures are of other"
              + " images.");
    }
    report.missing(cells.size());
    if (report.results.groups().isEmpty()) {
      report.page.add(tag("p").withText("No cell has a result yet."));
    } else {
      report.findings();
      report.tables();
      report.figures();
      report.details(experiment.attacks());
    }
    report.heading("How to make it again");
    report.page.addAll(SettingsSection.of(experiment, settings));
    return Page.html("Feature masking and gradient manipulation", STYLE, report.page);
  }

  private void warning(String what) {
    page.add(tag("p").withClass("warning").withText(what));
  }

  private void missing(int cells) {
    List<Cell> missing = results.missing();
    if (missing.isEmpty()) {
      return;
    }
    warning(
        String.format(
            Locale.ROOT,
            "%d of %d cells have no result: the run was stopped or is not done. They are left out of all that follows.",
            missing.size(),
            cells));
    page.add(
        tag("details")
            .with(
                tag("summary").withText("Which they are"),
                tag("ul").with(missing.stream().map(c -> tag("li").withText(c.id())).toList())));
  }

  private void heading(String what) {
    page.add(tag("h2").withText(what));
  }

  private void findings() {
    List<Finding> findings = FeatureMaskingFindings.of(results);
    heading("What the paper claims and what was found");
    if (findings.isEmpty()) {
      page.add(Page.note("No mask of the paper stands beside a baseline of the same model."));
      return;
    }
    for (Finding f : findings) {
      page.add(tag("h3").withText(f.claim()));
      page.add(tag("p").with(tag("em").withText("The paper: ")).withText(f.paper()));
      page.add(
          tag("ul")
              .with(
                  f.found().stream()
                      .map(
                          s ->
                              tag("li")
                                  .withText(s.model() + ": ")
                                  .with(tag("b").withText(s.verdict()))
                                  .withText(". " + upper(s.words())))
                      .toList()));
    }
    page.add(
        Page.note(
            "These sentences are computed from the results of the masks of Table I. A difference"
                + " counts where the 95% interval of the differences from the baseline of the same"
                + " seed (or, of an attack that ran on one seed, over its images) leaves zero out;"
                + " corrected for the number of comparisons they stand under Significance."));
  }

  private static String upper(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private void tables() {
    heading("The paper's tables");
    page.addAll(PaperTables.of(results));
  }

  private void figures() {
    heading("Figure 1: loss and accuracy an epoch");
    perModel(EpochFigures::lossAndAccuracy);
    page.add(
        Page.note(
            "Means over seeds, the bands their 95% intervals. Training accuracy is on the batches"
                + " as they were trained on, masked ones among them; validation is on whole"
                + " images."));
    heading("Figure 2: original, perturbation, adversarial");
    orNote(ExampleFigures.of(featured()), "No examples are among the results.");
    heading("Figure 3: accuracy clean and attacked");
    page.add(
        Page.side(results.models().stream().map(m -> AttackFigures.bars(results, m)).toList())
            .withClass("side bars"));
    page.add(
        Page.note(
            "Whiskers are 95% intervals over seeds; where there is one seed, over its images."));
    heading("Figure 4: precision, recall and F1 an epoch");
    perModel(EpochFigures::precisionRecallF1);
    heading("Figure 5: confusion matrix");
    page.add(Page.side(ConfusionFigures.of(featured())));
    page.add(Page.note("Of the test set as it is, all seeds of a training together."));
    heading("Accuracy over epsilon");
    for (String model : results.models()) {
      page.add(Page.side(AttackFigures.byAttack(results, model, featured(results.of(model)))));
    }
    for (String model : results.models()) {
      page.add(tag("h3").withText(model + ": every training under every attack"));
      orNote(AttackFigures.byTraining(results, model), "Nothing of it was attacked.");
    }
  }

  /** Figures of some trainings of a model. */
  private interface Figures {
    List<DomContent> of(String model, List<Group> groups);
  }

  /** Table I's trainings first; all others behind a line to click on. */
  private void perModel(Figures figures) {
    boolean any = false;
    for (String model : results.models()) {
      List<Group> featured = featured(results.of(model));
      List<DomContent> first = figures.of(model, featured);
      any |= !first.isEmpty();
      page.add(Page.side(first));
      List<Group> others = results.of(model).stream().filter(g -> !featured.contains(g)).toList();
      List<DomContent> rest = new ArrayList<>();
      for (int i = 0; i < others.size(); i += LINES - 1) {
        List<Group> few = new ArrayList<>();
        if (results.baseline(model) != null) {
          few.add(results.baseline(model));
        }
        few.addAll(others.subList(i, Math.min(others.size(), i + LINES - 1)));
        rest.addAll(figures.of(model, few));
      }
      if (!rest.isEmpty()) {
        page.add(
            tag("details")
                .with(tag("summary").withText("The other trainings of " + model), Page.side(rest)));
      }
    }
    if (!any) {
      page.add(Page.note("No epochs are among the results."));
    }
  }

  /** Those of Table I; the first few where none is. */
  private static List<Group> featured(List<Group> groups) {
    List<Group> paper = groups.stream().filter(FeatureMaskingPaper::isInTable).toList();
    return paper.stream().anyMatch(g -> !g.isBaseline())
        ? paper
        : groups.stream().limit(LINES).toList();
  }

  /** The same of all models. */
  private List<Group> featured() {
    return results.models().stream().flatMap(m -> featured(results.of(m)).stream()).toList();
  }

  private void orNote(List<DomContent> figures, String note) {
    page.add(figures.isEmpty() ? Page.note(note) : Page.side(figures));
  }

  private void details(Experiment.Attacks attacks) {
    heading("Every training");
    page.addAll(TrainingTables.accuracy(results));
    heading("Precision, recall and F1");
    page.addAll(TrainingTables.metrics(results));
    heading("Significance");
    page.addAll(SignificanceTable.of(results));
    heading("Masked gradients");
    page.addAll(ChecksTable.of(results));
    page.add(
        Page.note(
            String.format(
                Locale.ROOT,
                "The checks look at %d images at epsilon %s, of the first %d of the seeds; of few images, one can make a check fail by chance.",
                attacks.checkImages(),
                Axis.number(attacks.checkEpsilon()),
                attacks.checkSeeds())));
    heading("Masks at test time, and learned ones");
    page.addAll(TrainingTables.masks(results));
    heading("Time and size");
    page.addAll(TrainingTables.cost(results));
  }
}
