package dev.teak.lab.cli;

import dev.teak.lab.data.DataCatalog;
import dev.teak.lab.data.DataCatalog.Entry;
import dev.teak.lab.data.DataSources;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.data.Datasets.Verdict;
import dev.teak.nn.settings.Kind;
import dev.teak.nn.train.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teak data}: lists, fetches and verifies data sets. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description = "List, fetch and verify data sets.")
final class DataCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "data: list, get or verify?");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "What there is.")
  int list(@Mixin CommonOptions common) throws IOException {
    common.checkJson();
    Path folder = Datasets.folder(common.dataDir());
    List<Map<String, Object>> rows = new ArrayList<>();
    out().printf("data folder: %s%n", folder);
    for (Kind.Entry e : DataSources.REGISTRY.entries()) {
      boolean yours = !e.settings().isEmpty();
      boolean there = !yours && DataSources.read(e.name()).isPresent(folder);
      String state = yours ? "your own" : there ? "present" : "not there";
      out().printf("%-10s %-12s %s%n", e.name(), state, e.summary());
      if (yours) {
        out().printf("%-10s %-12s   %s%n", "", "", e.settings());
      } else {
        rows.add(row(e.name(), there));
      }
    }
    out().flush();
    common.writeJson(CommonOptions.fields("folder", folder.toString(), "data", rows));
    return 0;
  }

  private static Map<String, Object> row(String name, boolean there) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", name);
    row.put("present", there);
    return row;
  }

  @Command(name = "get", mixinStandardHelpOptions = true, description = "Fetch a data set.")
  int get(
      @Mixin CommonOptions common,
      @Option(
              names = "--mirror",
              paramLabel = "URL",
              description =
                  "where to look first, for URL/NAME/FILE; may be repeated; else $TEAK_MIRROR")
          List<String> mirrors,
      @Parameters(paramLabel = "NAME") String name)
      throws IOException, InterruptedException {
    common.checkJson();
    Entry entry = entry(name);
    Path folder = Datasets.folder(common.dataDir());
    Datasets.get(entry, folder, mirrors(mirrors), new Downloads());
    out().printf("%s is in %s%n", name, folder.resolve(name));
    out().flush();
    common.writeJson(CommonOptions.fields("name", name, "folder", folder.resolve(name).toString()));
    return 0;
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Hold a data set's files against their checksums.")
  int verify(@Mixin CommonOptions common, @Parameters(paramLabel = "NAME") String name)
      throws IOException {
    common.checkJson();
    List<Map<String, Object>> rows = new ArrayList<>();
    boolean good = true;
    for (Verdict v : Datasets.verify(entry(name), Datasets.folder(common.dataDir()))) {
      out().printf("%s: %s%n", v.file(), v.verdict());
      good &= v.verdict().equals("ok");
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("file", v.file().toString());
      row.put("verdict", v.verdict());
      rows.add(row);
    }
    out().flush();
    common.writeJson(CommonOptions.fields("name", name, "files", rows));
    return good ? 0 : 1;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static List<String> mirrors(List<String> asked) {
    String usual = System.getenv("TEAK_MIRROR");
    return asked != null ? asked : usual != null && !usual.isBlank() ? List.of(usual) : List.of();
  }

  private static Entry entry(String name) {
    return DataCatalog.find(name)
        .orElseThrow(
            () ->
                new UsageException(
                    "'"
                        + name
                        + "' cannot be fetched; choose "
                        + String.join(", ", DataCatalog.ALL.stream().map(Entry::name).toList())));
  }

  /** One progress display a file. */
  private static final class Downloads implements Progress {
    private String current;
    private ConsoleProgress progress;

    @Override
    public void at(String file, long done, long total, String detail) {
      if (!file.equals(current)) {
        current = file;
        progress = new ConsoleProgress(file);
      }
      progress.at("", done, total, detail);
      if (done == total) {
        progress.close();
        current = null;
      }
    }
  }
}
