package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.experiment.Experiment;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All that makes an experiment's results again: settings, seeds, versions, device. */
final class SettingsSection {
  private static final String COMMENT = "#";

  private SettingsSection() {}

  /** The main settings as a table, and all of them as the file has them. */
  static List<DomContent> of(Experiment e, String settings) {
    List<List<DomContent>> rows = new ArrayList<>();
    add(rows, "experiment", e.name());
    add(rows, "data", e.data());
    add(
        rows,
        "images",
        String.format(
            Locale.ROOT,
            "%,d to train on, %,d for validation, %,d to test",
            e.images().train(),
            e.images().validation(),
            e.images().test()));
    add(rows, "seeds", e.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    add(
        rows,
        "training",
        String.format(
            Locale.ROOT,
            "%d epochs unless the grid says otherwise, batches of %d, Adam from %s on",
            e.epochs(),
            e.batch(),
            Axis.number(e.lr())));
    add(
        rows,
        "epsilons",
        e.attacks().epsilons().stream().map(Axis::number).collect(Collectors.joining(", ")));
    add(rows, "PGD", e.attacks().pgdSteps() + " steps of epsilon / 30");
    add(
        rows,
        "AutoAttack",
        String.format(Locale.ROOT, "on the first %d of the seeds", e.attacks().autoattackSeeds()));
    add(
        rows,
        "checks for masked gradients",
        String.format(
            Locale.ROOT,
            "on %d images at epsilon %s, of the first %d of the seeds",
            e.attacks().checkImages(),
            Axis.number(e.attacks().checkEpsilon()),
            e.attacks().checkSeeds()));
    settings
        .lines()
        .takeWhile(line -> line.startsWith(COMMENT))
        .forEach(line -> add(rows, "made by", line.substring(COMMENT.length()).strip()));
    return List.of(
        Page.table(List.of("what", "value"), rows).withClass("facts"),
        Page.note("The whole of it; as a file, 'teak run FILE' makes the results again:"),
        tag("pre").withText(settings));
  }

  private static void add(List<List<DomContent>> rows, String name, String value) {
    rows.add(List.of(text(name), text(value)));
  }
}
