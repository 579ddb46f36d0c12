package dev.teak.lab.paper;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.measure.Reconstruction;
import dev.teak.lab.report.ChecksTable;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.SameImages;
import dev.teak.lab.report.Summary;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is left of each recipe at an epsilon under attacks that know what stands in front, beside
 * what is left under the paper's, which knows the classifier alone.
 */
final class PipelineAttacks {
  /** The paper's attack: what {@link Reconstruction} makes on the classifier alone. */
  private static final String BARE = Reconstruction.NAME + " " + DenoisingEnsemble.FGSM;

  private final double epsilon;
  private final List<Group> groups;
  private final List<String> attacks;
  private final SameImages same;

  private PipelineAttacks(
      double epsilon, List<Group> groups, List<String> attacks, SameImages same) {
    this.epsilon = epsilon;
    this.groups = groups;
    this.attacks = attacks;
    this.same = same;
  }

  /** At an epsilon, of all recipes that were attacked. */
  static PipelineAttacks of(DenoisingEnsemble all, double epsilon) {
    List<String> attacks =
        Stream.concat(Stream.of(BARE), all.results().underAttack().stream())
            .filter(a -> all.all().stream().anyMatch(g -> g.attacked(a, epsilon).isThere()))
            .toList();
    List<Group> groups =
        all.all().stream()
            .filter(g -> attacks.stream().anyMatch(a -> g.attacked(a, epsilon).isThere()))
            .toList();
    SameImages same =
        attacks.isEmpty() ? new SameImages(0) : SameImages.of(groups, attacks, List.of(epsilon));
    return new PipelineAttacks(epsilon, groups, attacks, same);
  }

  /** The images that every attack was made on; 0 where nothing was attacked. */
  int images() {
    return same.images();
  }

  /** What is left under the paper's attack of the same images. */
  Summary underBare(Group g) {
    return g == null ? Summary.NOTHING : same.under(g, BARE, epsilon);
  }

  /** What is left where the worst of all attacks counts for each image. */
  Summary left(Group g) {
    return g == null || images() == 0 ? Summary.NOTHING : same.underAll(g, attacks, epsilon);
  }

  /** A table for each epsilon, with a line on the checks. */
  static List<DomContent> tables(DenoisingEnsemble all) {
    List<DomContent> page = new ArrayList<>();
    for (double epsilon : all.epsilons()) {
      PipelineAttacks at = of(all, epsilon);
      if (at.images() > 0) {
        page.add(tag("h3").withText("Attacks at " + DenoisingEnsemble.words(epsilon)));
        page.add(at.table());
      }
    }
    if (!page.isEmpty()) {
      page.add(
          Page.note(
              "In percent, of the first test images. FGSM on the classifier is the paper's attack,"
                  + " which does not know what stands in front. Straight through: the gradient is taken as if what stands in front gave"
                  + " its images back unchanged (BPDA with the identity); the others follow the exact"
                  + " gradient, and of drawn codes the mean of several draws; naive ones follow one"
                  + " draw. All together: the share that is right under every attack. Checks: the"
                  + " numbers of those that failed in any seed."));
    }
    return page;
  }

  private DomContent table() {
    List<String> head = new ArrayList<>(List.of("recipe", "clean"));
    attacks.forEach(a -> head.add(title(a)));
    head.addAll(List.of("all together, " + Formats.count(images(), "image"), "checks"));
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.cell().recipe())));
      row.add(text(g.over(r -> r.clean(DenoisingEnsemble.ACCURACY)).bare()));
      attacks.forEach(a -> row.add(text(g.attacked(a, epsilon).bare())));
      row.add(tag("b").withText(left(g).bare()));
      row.add(text(ChecksTable.failed(g)));
      rows.add(row);
    }
    return Page.table(head, rows);
  }

  /** An attack in words, and of how many images its figures are. */
  private String title(String attack) {
    String words = attack.equals(BARE) ? "FGSM on the classifier" : Results.title(attack);
    return groups.stream()
        .flatMap(g -> g.results().stream())
        .flatMap(r -> Group.find(r, attack, epsilon).stream())
        .findFirst()
        .map(a -> words + ", " + Formats.count(a.images(), "image"))
        .orElse(words);
  }
}
