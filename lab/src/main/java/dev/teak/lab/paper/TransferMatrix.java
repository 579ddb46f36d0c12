package dev.teak.lab.paper;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.measure.TransferAttack;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.SameImages;
import dev.teak.lab.report.Summary;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Images that PGD makes on one model, shown to the others: whoever follows a model's own gradient
 * should do it more harm than whoever follows another's, unless that gradient misleads.
 */
final class TransferMatrix {
  private static final String FROM = TransferAttack.NAME + " " + Dfmcl.PGD + " from ";

  private final Dfmcl all;
  private final List<String> sources;
  private final List<Group> targets;
  private final SameImages same;

  private TransferMatrix(Dfmcl all, List<String> sources, List<Group> targets, SameImages same) {
    this.all = all;
    this.sources = sources;
    this.targets = targets;
    this.same = same;
  }

  static TransferMatrix of(Dfmcl all) {
    List<String> sources =
        all.results().underAttack().stream()
            .filter(a -> a.startsWith(FROM))
            .map(a -> a.substring(FROM.length()))
            .toList();
    List<Group> targets =
        all.main().stream()
            .filter(g -> sources.stream().anyMatch(s -> all.left(g, FROM + s).isThere()))
            .toList();
    List<String> attacks =
        Stream.concat(Stream.of(Dfmcl.PGD), sources.stream().map(s -> FROM + s)).toList();
    SameImages same =
        targets.isEmpty()
            ? new SameImages(0)
            : SameImages.of(targets, attacks, List.of(all.epsilon()));
    return new TransferMatrix(all, sources, targets, same);
  }

  /** Those of the paper's recipes that were shown images from another. */
  List<Group> targets() {
    return targets;
  }

  private Summary own(Group target) {
    return same.under(target, Dfmcl.PGD, all.epsilon());
  }

  private Summary from(String source, Group target) {
    return same.under(target, FROM + source, all.epsilon());
  }

  /** From how many models a target was shown images. */
  int sourcesOf(Group target) {
    return (int)
        sources.stream().filter(s -> from(s, target).isThere() && own(target).isThere()).count();
  }

  /** From which of them they leave less than its own gradient does. */
  List<String> strongerSources(Group target) {
    return sources.stream().filter(s -> isStronger(s, target)).toList();
  }

  private boolean isStronger(String source, Group target) {
    return from(source, target).mean() < own(target).mean();
  }

  /** A row for each source, a column for each target; none where nothing was shown to another. */
  List<DomContent> render() {
    if (same.images() == 0) {
      return List.of();
    }
    List<String> head = new ArrayList<>(List.of("made on"));
    targets.forEach(t -> head.add(t.training()));
    List<List<DomContent>> rows = new ArrayList<>();
    List<DomContent> whiteBox = new ArrayList<>(List.of(text("the model itself")));
    targets.forEach(t -> whiteBox.add(text(own(t).bare())));
    rows.add(whiteBox);
    for (String source : sources) {
      List<DomContent> row = new ArrayList<>(List.of(text(source)));
      for (Group target : targets) {
        String left = from(source, target).bare();
        row.add(isStronger(source, target) ? tag("b").withText(left) : text(left));
      }
      rows.add(row);
    }
    return List.of(
        Page.table(head, rows),
        Page.note(
            "What "
                + all.title(Dfmcl.PGD)
                + " leaves, in percent, all on the same "
                + Formats.count(same.images(), "image")
                + ". Bold where images from another model do more harm than the model's own"
                + " gradient, which is a sign that the latter misleads."));
  }
}
