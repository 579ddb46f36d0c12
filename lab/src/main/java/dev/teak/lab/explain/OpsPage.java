package dev.teak.lab.explain;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendProvider;
import dev.teak.engine.backend.CallCounter;
import dev.teak.engine.backend.FusedBackend;
import dev.teak.engine.check.OpSample;
import dev.teak.engine.check.OpSamples;
import dev.teak.engine.op.OpInfo;
import dev.teak.engine.op.OpTable;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The op table as Markdown, docs/ops.md: formulas and derivatives as they stand in the code, and
 * the fused calls that each op makes of a device, found by running its samples.
 */
public final class OpsPage {
  private OpsPage() {}

  /** The page as text. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # The op table

            Made from the code by `./teak explain --ops > docs/ops.md`; the build fails where it is out of date.

            Every op records itself, and its gradient is made of ops, so derivatives of any order exist. *g* is the
            gradient of the output *y*. Every row is checked in both orders: `./teak gradcheck --op NAME`.

            | op | formula | gradient of each input, from g | fused calls |
            |---|---|---|---|
            """);
    Map<String, Set<String>> fused = fusedCalls();
    for (OpInfo op : OpTable.ALL) {
      page.append(
          "| `%s` | %s | %s | %s |%n"
              .formatted(
                  op.name(),
                  cell(op.formula()),
                  cell(op.vjp()),
                  fused.getOrDefault(op.name(), Set.of()).stream()
                      .map(call -> "`" + call + "`")
                      .collect(Collectors.joining(", ")))
              .replace("\r", ""));
    }
    page.append(
        """

        ## Fused calls

        A fused call is one pass over memory where a device has it, else a few primitives: the default that gives it
        its meaning.

        | call | in one pass on |
        |---|---|
        """);
    Map<String, Class<? extends Backend>> devices = devices();
    for (String call : fusedNames()) {
      List<String> on =
          devices.entrySet().stream()
              .filter(d -> overrides(d.getValue(), call))
              .map(Map.Entry::getKey)
              .toList();
      page.append("| `").append(call).append("` | ");
      page.append(on.isEmpty() ? "none yet" : String.join(", ", on)).append(" |\n");
    }
    return page.append(SpecialValuesTable.markdown()).toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_");
  }

  /** The names of all calls that have a default. */
  private static Set<String> fusedNames() {
    return Arrays.stream(FusedBackend.class.getMethods())
        .filter(Method::isDefault)
        .map(Method::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, Set<String>> fusedCalls() {
    Set<String> names = fusedNames();
    CallCounter counter = new CallCounter(Devices.open("reference"));
    Map<String, Set<String>> calls = new LinkedHashMap<>();
    for (OpSample sample : OpSamples.draw(1)) {
      counter.reset();
      sample.run(counter.device());
      Set<String> made = new TreeSet<>(counter.counts().keySet());
      made.retainAll(names);
      calls.computeIfAbsent(sample.op(), op -> new TreeSet<>()).addAll(made);
    }
    return calls;
  }

  private static Map<String, Class<? extends Backend>> devices() {
    Map<String, Class<? extends Backend>> classes = new LinkedHashMap<>();
    for (String name : List.of("reference", "java")) {
      classes.put(name, Devices.open(name).getClass());
    }
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      classes.put(provider.kind(), provider.type());
    }
    return classes;
  }

  private static boolean overrides(Class<? extends Backend> device, String call) {
    return Arrays.stream(device.getMethods())
        .anyMatch(m -> m.getName().equals(call) && !m.isDefault());
  }
}
