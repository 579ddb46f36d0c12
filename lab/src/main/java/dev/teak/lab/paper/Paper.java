package dev.teak.lab.paper;

import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentFile;
import dev.teak.lab.report.Claims;
import dev.teak.lab.report.FirstScreen;
import dev.teak.nn.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * A paper: its experiment in three sizes, and what it says of it. Its sizes are files of settings
 * beside its class: {@code NAME-smoke.yaml} and so on. A jar of one's own adds papers by {@code
 * META-INF/services/dev.teak.lab.paper.Paper}.
 */
public interface Paper extends Claims {
  /** The sizes of each: smoke takes a minute and says nothing, short up to an hour, paper days. */
  List<String> SIZES = List.of("smoke", "short", "paper");

  /** What {@code teak paper} knows it by: {@code feature-masking}. */
  String name();

  /**
   * Its experiment as a file, with its comments.
   *
   * @param size of {@link #SIZES}
   */
  default String text(String size) {
    return ExperimentFile.beside(getClass(), name() + "-" + size + ".yaml")
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the paper '" + name() + "' has no size '" + size + "'; sizes are " + SIZES));
  }

  /** Its experiment. */
  default Experiment experiment(String size) {
    return ExperimentFile.parse(name() + " --size " + size, text(size));
  }

  /** That a run is too small to say anything, or on other images than the paper's. */
  @Override
  default List<String> warnings(Experiment experiment) {
    List<String> warnings = new ArrayList<>();
    Experiment smoke = experiment(SIZES.get(0));
    if (experiment.name().equals(smoke.name())) {
      warnings.add(FirstScreen.SMOKE);
    }
    if (!experiment.data().equals(smoke.data())) {
      warnings.add(
          "The images are of "
              + Settings.text(experiment.data())
              + ", the paper's of "
              + Settings.text(smoke.data())
              + ": its figures are of other images.");
    }
    return warnings;
  }
}
