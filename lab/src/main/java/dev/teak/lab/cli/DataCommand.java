package dev.teak.lab.cli;

import dev.teak.lab.data.DataCatalog;
import dev.teak.lab.data.DataCatalog.Entry;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.data.Datasets.Verdict;
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
    for (Entry e : DataCatalog.ALL) {
      boolean there = Datasets.isPresent(e.name(), folder);
      out()
          .printf(
              "%-10s %-12s %s (%s)%n",
              e.name(), there ? "present" : "not there", e.description(), e.licence());
      rows.add(row(e.name(), there));
    }
    out().printf("%-10s %-12s %s%n", "synthetic", "built in", "digits drawn by code, 28 x 28 grey");
    out().flush();
    rows.add(row("synthetic", true));
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
  int get(@Mixin CommonOptions common, @Parameters(paramLabel = "NAME") String name)
      throws IOException, InterruptedException {
    common.checkJson();
    Entry entry = entry(name);
    Path folder = Datasets.folder(common.dataDir());
    Datasets.get(entry, folder, new Downloads()::at);
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
  private static final class Downloads {
    private String current;
    private Progress progress;

    void at(String file, long done, long total) {
      if (!file.equals(current)) {
        current = file;
        progress = new Progress(file, Math.max(total, 1));
      }
      progress.at(done, "bytes");
      if (done == total) {
        progress.close();
        current = null;
      }
    }
  }
}
