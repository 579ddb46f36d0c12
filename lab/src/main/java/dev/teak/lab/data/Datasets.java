package dev.teak.lab.data;

import dev.teak.engine.Home;
import dev.teak.lab.data.DataCatalog.RemoteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The data sets by name, wherever they lie: in {@code DATA/name} or in {@code DATA} itself. */
public final class Datasets {
  /** What {@link #load} knows. */
  public static final List<String> NAMES = List.of("mnist", "fashion", "cifar10", "synthetic");

  private static final int SYNTHETIC_TRAIN = 12_000;
  private static final int SYNTHETIC_TEST = 2_000;
  private static final String CIFAR_FOLDER = "cifar-10-batches-bin";

  private Datasets() {}

  /**
   * The data folder: what is given, else {@code $TEAK_DATA}, else {@code ~/.cache/teak}; for a user
   * without a home folder the one of that name among the temporary files.
   *
   * @throws IllegalArgumentException if {@code $TEAK_DATA} is no path
   */
  public static Path folder(Optional<Path> given) {
    if (given.isPresent()) {
      return given.get();
    }
    String environment = System.getenv("TEAK_DATA");
    if (environment != null && !environment.isBlank()) {
      return Home.resolve(environment);
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    return Home.folder().orElse(temporary).resolve(".cache/teak");
  }

  /**
   * Reads a data set.
   *
   * @param train the training part, else the test part
   * @param seed of the synthetic digits; real data do not depend on it
   * @throws DataException if it is unknown, not there, or damaged
   */
  public static Dataset load(String name, boolean train, Path data, long seed) throws IOException {
    return switch (name) {
      case "synthetic" ->
          SyntheticDigits.generate(train, train ? SYNTHETIC_TRAIN : SYNTHETIC_TEST, seed);
      case "mnist", "fashion" -> {
        String prefix = train ? "train" : "t10k";
        Path images = require(name, data, prefix + "-images-idx3-ubyte");
        Path labels = require(name, data, prefix + "-labels-idx1-ubyte");
        yield IdxReader.read(name, images, labels, 10);
      }
      case "cifar10" -> {
        List<Path> files = new ArrayList<>();
        for (String file : cifarFiles(train)) {
          files.add(require(name, data, file));
        }
        yield Cifar10Reader.read(name, files);
      }
      default ->
          throw new DataException(
              "there is no data set '" + name + "'; the data sets are " + String.join(", ", NAMES));
    };
  }

  private static List<String> cifarFiles(boolean train) {
    return train
        ? IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList()
        : List.of("test_batch.bin");
  }

  private static List<Path> places(String name, Path data) {
    return Stream.of(data.resolve(name), data)
        .flatMap(p -> Stream.of(p, p.resolve(CIFAR_FOLDER)))
        .toList();
  }

  private static Optional<Path> find(String name, Path data, String file) {
    return places(name, data).stream()
        .map(place -> DataFile.find(place, file))
        .filter(p -> p != null)
        .findFirst();
  }

  private static Path require(String name, Path data, String file) {
    return find(name, data, file)
        .orElseThrow(
            () ->
                new DataException(
                    name
                        + ": "
                        + file
                        + "[.gz] is neither in "
                        + data.resolve(name)
                        + " nor in "
                        + data
                        + "; 'teak data get "
                        + name
                        + "' fetches it"));
  }

  /** Whether all files of a data set are there, in whatever state. */
  public static boolean isPresent(String name, Path data) {
    List<String> files =
        switch (name) {
          case "synthetic" -> List.of();
          case "cifar10" ->
              Stream.concat(cifarFiles(true).stream(), cifarFiles(false).stream()).toList();
          default ->
              Stream.of("train", "t10k")
                  .flatMap(p -> Stream.of(p + "-images-idx3-ubyte", p + "-labels-idx1-ubyte"))
                  .toList();
        };
    return files.stream().allMatch(f -> find(name, data, f).isPresent());
  }

  /** Fetches what is missing of a data set into {@code data/name}, and unpacks it. */
  public static void get(DataCatalog.Entry entry, Path data, Downloader.Progress progress)
      throws IOException, InterruptedException {
    Path folder = data.resolve(entry.name());
    Downloader downloader = new Downloader(progress);
    for (RemoteFile file : entry.files()) {
      Path target = folder.resolve(file.name());
      boolean there =
          Files.exists(target) && Downloader.checksum(target, file).equals(file.checksum());
      Path fetched = there ? target : downloader.fetch(file, folder);
      if (file.name().endsWith(".tar.gz")) {
        Archives.untar(fetched, folder);
      }
    }
  }

  /**
   * What became of a file on disk.
   *
   * @param file where it is, or should be
   * @param verdict {@code ok}, {@code missing}, or {@code corrupt} with both checksums
   */
  public record Verdict(Path file, String verdict) {}

  /** Holds the files of a data set against their checksums. */
  public static List<Verdict> verify(DataCatalog.Entry entry, Path data) throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    for (RemoteFile file : entry.files()) {
      Path found = data.resolve(entry.name()).resolve(file.name());
      if (!Files.exists(found) && Files.exists(data.resolve(file.name()))) {
        found = data.resolve(file.name());
      }
      String verdict = "missing";
      if (Files.exists(found)) {
        String checksum = Downloader.checksum(found, file);
        verdict =
            checksum.equals(file.checksum())
                ? "ok"
                : "corrupt: checksum is " + checksum + ", expected " + file.checksum();
      }
      verdicts.add(new Verdict(found, verdict));
    }
    return verdicts;
  }
}
