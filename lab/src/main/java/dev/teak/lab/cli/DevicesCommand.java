package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.BackendProvider.DeviceInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code teak devices}: what there is to compute on. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "List the devices that --device takes, and which one is the default.")
final class DevicesCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    common.checkJson();
    Devices.Choice choice = Devices.choose();
    String chosen = choice.backend().name();
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (DeviceInfo d : Devices.list()) {
      boolean isDefault = d.name().equals(chosen);
      out.printf("%s %-10s %s%n", isDefault ? "*" : " ", d.name(), d.description());
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", d.name());
      row.put("description", d.description());
      row.put("gpu", d.gpu());
      row.put("default", isDefault);
      rows.add(row);
    }
    out.printf("* is the default, for %s; --device takes any other.%n", choice.reason());
    choice.failed().forEach(f -> out.println("note: " + f));
    Devices.problems().forEach(p -> out.println("note: " + p));
    out.flush();
    common.writeJson(CommonOptions.fields("devices", rows, "reason", choice.reason()));
    return 0;
  }
}
