package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code teak tune}: finds the tile shapes that suit a device. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description = {
      "Time the tile shapes that fit an OpenCL device and remember the best for all later runs.",
      "The device is opencl:0 by default. It takes a minute or two, and wants a quiet machine."
    })
final class TuneCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Devices.tune(
        common.deviceName("opencl"),
        line -> {
          out.println(line);
          out.flush();
        });
    return 0;
  }
}
