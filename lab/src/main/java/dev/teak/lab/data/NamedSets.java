package dev.teak.lab.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The data sets that have a name of their own: published ones, and the digits drawn by code. */
final class NamedSets {
  private static final int SYNTHETIC_TRAIN = 12_000;
  private static final int SYNTHETIC_TEST = 2_000;

  private NamedSets() {}

  static String summary(String name) {
    DataCatalog.Entry entry = DataCatalog.find(name).orElseThrow();
    return entry.description() + " (" + entry.licence() + ")";
  }

  /** MNIST. */
  record Mnist() implements DataSource {
    @Override
    public Dataset load(boolean train, Path data, long seed, int limit) throws IOException {
      return idx("mnist", Dataset.numbered(10), train, data, limit);
    }

    @Override
    public boolean isPresent(Path data) {
      return Datasets.isPresent("mnist", data, IdxFolder.FILES);
    }
  }

  /** Fashion-MNIST. */
  record Fashion() implements DataSource {
    private static final List<String> CLASSES =
        List.of(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot");

    @Override
    public Dataset load(boolean train, Path data, long seed, int limit) throws IOException {
      return idx("fashion", CLASSES, train, data, limit);
    }

    @Override
    public boolean isPresent(Path data) {
      return Datasets.isPresent("fashion", data, IdxFolder.FILES);
    }
  }

  private static Dataset idx(String name, List<String> classes, boolean train, Path data, int limit)
      throws IOException {
    Path images = Datasets.require(name, data, IdxFolder.images(train));
    Path labels = Datasets.require(name, data, IdxFolder.labels(train));
    return IdxReader.read(name, images, labels, classes, limit);
  }

  /** CIFAR-10. Files that the limit does not reach may be missing. */
  record Cifar10() implements DataSource {
    private static final List<String> TRAIN =
        IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList();
    private static final List<String> TEST = List.of("test_batch.bin");

    @Override
    public Dataset load(boolean train, Path data, long seed, int limit) throws IOException {
      Iterator<Path> files =
          (train ? TRAIN : TEST)
              .stream().map(file -> Datasets.require("cifar10", data, file)).iterator();
      return CifarReader.read("cifar10", CifarReader.CIFAR10, files, limit);
    }

    @Override
    public boolean isPresent(Path data) {
      return Datasets.isPresent(
          "cifar10", data, Stream.concat(TRAIN.stream(), TEST.stream()).toList());
    }
  }

  /** CIFAR-100, by its hundred fine classes. */
  record Cifar100() implements DataSource {
    @Override
    public Dataset load(boolean train, Path data, long seed, int limit) throws IOException {
      Path file = Datasets.require("cifar100", data, train ? "train.bin" : "test.bin");
      return CifarReader.read("cifar100", CifarReader.CIFAR100, List.of(file).iterator(), limit);
    }

    @Override
    public boolean isPresent(Path data) {
      return Datasets.isPresent("cifar100", data, List.of("train.bin", "test.bin"));
    }
  }

  /** Digits drawn by code; the first images are the same whatever the limit. */
  record Synthetic() implements DataSource {
    @Override
    public Dataset load(boolean train, Path data, long seed, int limit) {
      int all = train ? SYNTHETIC_TRAIN : SYNTHETIC_TEST;
      return SyntheticDigits.generate(train, Math.min(all, limit), seed);
    }
  }
}
