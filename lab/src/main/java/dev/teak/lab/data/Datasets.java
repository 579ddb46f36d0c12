package dev.teak.lab.data;

import dev.teak.engine.Home;
import dev.teak.lab.data.DataCatalog.RemoteFile;
import dev.teak.nn.train.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of the data sets that have names, wherever they lie: in {@code DATA/name} or in {@code
 * DATA} itself.
 */
public final class Datasets {
  /** Folders that published archives unpack to. */
  private static final List<String> UNPACKED =
      List.of("", "cifar-10-batches-bin", "cifar-100-binary");

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

  private static List<Path> places(String name, Path data) {
    return Stream.of(data.resolve(name), data)
        .flatMap(p -> UNPACKED.stream().map(p::resolve))
        .toList();
  }

  private static Optional<Path> find(String name, Path data, String file) {
    return places(name, data).stream()
        .map(place -> DataFile.find(place, file))
        .filter(p -> p != null)
        .findFirst();
  }

  /** The file of a data set, unpacked or gzipped. */
  static Path require(String name, Path data, String file) {
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

  /** Whether files of a data set are there, in whatever state. */
  static boolean isPresent(String name, Path data, List<String> files) {
    return files.stream().allMatch(f -> find(name, data, f).isPresent());
  }

  /**
   * Fetches what is missing of a data set into {@code data/name}, and unpacks it.
   *
   * @param mirrors asked before the places that the catalog knows, for {@code MIRROR/NAME/FILE}
   */
  public static void get(
      DataCatalog.Entry entry, Path data, List<String> mirrors, Progress progress)
      throws IOException, InterruptedException {
    Path folder = data.resolve(entry.name());
    Downloader downloader = new Downloader(progress);
    for (RemoteFile file : entry.files()) {
      Path target = folder.resolve(file.name());
      boolean there = Files.exists(target) && Downloader.checksum(target).equals(file.checksum());
      Path fetched = there ? target : downloader.fetch(file.from(mirrors, entry.name()), folder);
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
        String checksum = Downloader.checksum(found);
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
