package dev.teak.lab.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.teak.engine.DeviceException;
import dev.teak.engine.Devices;
import dev.teak.nn.io.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that every command has. */
final class CommonOptions {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "auto, java, reference, or opencl[:N] (see 'teak devices'); auto by default")
  private String device;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "seed of everything random; ${DEFAULT-VALUE} by default")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "write the results there as JSON")
  private Path json;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "where data sets are; else $TEAK_DATA, else ~/.cache/teak")
  private Path dataDir;

  @Option(
      names = OwnClasses.OPTION,
      paramLabel = "JARS",
      description =
          "jars with classes of your own, which then stand beside Teak's; see docs/lab.md")
  private String classpath; // taken before all else, by OwnClasses

  long seed() {
    return seed;
  }

  Optional<Path> dataDir() {
    return Optional.ofNullable(dataDir);
  }

  /** The device asked for by name, or {@code otherwise}. */
  String deviceName(String otherwise) {
    return device == null ? otherwise : device;
  }

  boolean hasDevice() {
    return device != null;
  }

  /** Makes the chosen device current until closed; an unknown one is a wrong call. */
  Devices.Use useDevice() {
    return useDevice("auto");
  }

  Devices.Use useDevice(String otherwise) {
    String name = deviceName(otherwise);
    try {
      if (name.equals("auto")) {
        Devices.Choice choice = Devices.choose();
        choice.failed().forEach(f -> System.err.println("teak: " + f + "; going on without it"));
        return Devices.use(choice.backend());
      }
      return Devices.use(name);
    } catch (DeviceException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Fails before any work where the JSON file could not be written after it. */
  void checkJson() {
    if (json != null) {
      requireWritable(json);
    }
  }

  /** Fails where a file could not be written: its folder must be there and it must be no folder. */
  static void requireWritable(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UsageException(file + ": its folder " + folder + " does not exist");
    }
    if (Files.isDirectory(file)) {
      throw new UsageException(file + ": is a folder; a file's name is expected");
    }
    if (!Files.isWritable(folder)) {
      throw new UsageException(file + ": its folder " + folder + " cannot be written to");
    }
  }

  /** Two fields in this order: {@code Map.of} has another in each run. */
  static Map<String, Object> fields(String first, Object a, String second, Object b) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(first, a);
    fields.put(second, b);
    return fields;
  }

  /** Writes a result where {@code --json} asks for it, whole or not at all. */
  void writeJson(Object result) throws IOException {
    if (json != null) {
      writeJson(json, result);
    }
  }

  static void writeJson(Path file, Object result) throws IOException {
    WholeFile.write(file, JSON.writeValueAsBytes(result));
  }
}
