package dev.teak.lab.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** All papers by name. */
public final class Papers {
  /** The papers that Teak brings. A new one is added here. */
  public static final List<Paper> ALL =
      List.of(
          new FeatureMaskingPaper(),
          new DefenseComparisonPaper(),
          new DenoisingEnsemblePaper(),
          new DfmclPaper());

  private Papers() {}

  /** These, and those from the class path. */
  public static List<Paper> all() {
    List<Paper> all = new ArrayList<>(ALL);
    ServiceLoader.load(Paper.class).forEach(all::add);
    return all;
  }

  /** Their names. */
  public static List<String> names() {
    return all().stream().map(Paper::name).toList();
  }

  /**
   * The paper of a name.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static Paper named(String name) {
    return all().stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no paper '" + name + "'; there are " + String.join(", ", names())));
  }
}
