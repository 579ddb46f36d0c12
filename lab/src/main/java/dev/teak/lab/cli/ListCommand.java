package dev.teak.lab.cli;

import dev.teak.attacks.evaluation.Attacks;
import dev.teak.defenses.Defenses;
import dev.teak.lab.data.DataSources;
import dev.teak.lab.measure.Measures;
import dev.teak.nn.attribution.Attributions;
import dev.teak.nn.augment.Augmentations;
import dev.teak.nn.models.Autoencoders;
import dev.teak.nn.models.LayerKinds;
import dev.teak.nn.models.Models;
import dev.teak.nn.optim.Optimizers;
import dev.teak.nn.optim.Schedules;
import dev.teak.nn.settings.Kind;
import dev.teak.nn.train.Keep;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teak list}: all that settings can name, one's own classes included. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "List what can be named in options and experiments, with all settings and their defaults.",
      "'teak list defenses' lists one kind. A setting in capital letters must be given,"
          + " or stands for one that is absent."
    })
final class ListCommand implements Callable<Integer> {
  private static final Map<String, Kind<?>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("models", Models.REGISTRY);
    KINDS.put("autoencoders", Autoencoders.REGISTRY);
    KINDS.put("layers", LayerKinds.REGISTRY);
    KINDS.put("defenses", Defenses.REGISTRY);
    KINDS.put("attacks", Attacks.REGISTRY);
    KINDS.put("measures", Measures.REGISTRY);
    KINDS.put("data", DataSources.REGISTRY);
    KINDS.put("augmentations", Augmentations.REGISTRY);
    KINDS.put("optimizers", Optimizers.REGISTRY);
    KINDS.put("schedules", Schedules.REGISTRY);
    KINDS.put("keep", Keep.REGISTRY);
    KINDS.put("attributions", Attributions.REGISTRY);
  }

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description =
          "models, autoencoders, layers, defenses, attacks, measures, data, augmentations, optimizers,"
              + " schedules, keep or attributions; all of them by default")
  private String kind;

  @Override
  public Integer call() throws IOException {
    common.checkJson();
    if (kind != null) {
      Options.known("kind", kind, List.copyOf(KINDS.keySet()));
    }
    PrintWriter out = spec.commandLine().getOut();
    Map<String, Object> json = new LinkedHashMap<>();
    KINDS.forEach(
        (name, all) -> {
          if (kind == null || kind.equals(name)) {
            out.printf("%s:%n", name);
            all.entries().forEach(e -> print(out, e));
            json.put(name, all.entries());
          }
        });
    out.flush();
    common.writeJson(json);
    return 0;
  }

  private static void print(PrintWriter out, Kind.Entry e) {
    out.printf("  %-26s %s%n", e.name(), e.summary());
    if (!e.settings().isEmpty()) {
      out.printf("  %-26s   %s%n", "", e.settings());
    }
  }
}
