package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Phase;
import dev.teak.nn.settings.Settings;
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
    add(rows, "data", Settings.text(e.data()));
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
    Phase training = e.training().or(Phase.DEFAULTS);
    add(
        rows,
        "training",
        String.format(
            Locale.ROOT,
            "%d epochs, batches of %d, %s, %s, where a recipe does not say otherwise",
            training.epochs(),
            training.batch(),
            Settings.text(training.optimizer()),
            Settings.text(training.schedule())));
    for (Experiment.Asked asked : e.measures()) {
      String seeds =
          asked.seeds() == null ? "" : "; of the first " + asked.seeds() + " of the seeds";
      String recipes =
          asked.recipes().isEmpty() ? "" : "; of " + String.join(", ", asked.recipes());
      add(rows, "asked", Settings.text(asked.measure()) + seeds + recipes);
    }
    settings
        .lines()
        .takeWhile(line -> line.startsWith(COMMENT))
        .forEach(line -> add(rows, "made by", line.substring(COMMENT.length()).strip()));
    return List.of(
        Page.table(List.of("what", "value"), rows).withClass("scroll settings"),
        Page.note("The whole of it; as a file, 'teak run FILE' makes the results again:"),
        tag("pre").withText(settings));
  }

  private static void add(List<List<DomContent>> rows, String name, String value) {
    rows.add(List.of(text(name), text(value)));
  }
}
