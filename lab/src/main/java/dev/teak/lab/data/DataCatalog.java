package dev.teak.lab.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The data sets that can be fetched: where their files are, and how to know them. */
public final class DataCatalog {
  private static final List<String> MNIST_MIRRORS =
      List.of(
          "https://ossci-datasets.s3.amazonaws.com/mnist/",
          "https://storage.googleapis.com/cvdf-datasets/mnist/");
  private static final List<String> FASHION_MIRRORS =
      List.of(
          "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
          "https://storage.googleapis.com/tensorflow/tf-keras-datasets/");

  /** All of them. */
  public static final List<Entry> ALL =
      List.of(
          new Entry(
              "mnist",
              "handwritten digits, 60,000 + 10,000 of 28 x 28 grey",
              "LeCun, Cortes, Burges; commonly cited as CC BY-SA 3.0",
              List.of(
                  file(
                      MNIST_MIRRORS,
                      "train-images-idx3-ubyte.gz",
                      9_912_422,
                      "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                  file(
                      MNIST_MIRRORS,
                      "train-labels-idx1-ubyte.gz",
                      28_881,
                      "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                  file(
                      MNIST_MIRRORS,
                      "t10k-images-idx3-ubyte.gz",
                      1_648_877,
                      "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                  file(
                      MNIST_MIRRORS,
                      "t10k-labels-idx1-ubyte.gz",
                      4_542,
                      "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"))),
          new Entry(
              "fashion",
              "Zalando's articles, 60,000 + 10,000 of 28 x 28 grey",
              "Xiao, Rasul, Vollgraf; MIT",
              List.of(
                  file(
                      FASHION_MIRRORS,
                      "train-images-idx3-ubyte.gz",
                      26_421_880,
                      "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                  file(
                      FASHION_MIRRORS,
                      "train-labels-idx1-ubyte.gz",
                      29_515,
                      "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                  file(
                      FASHION_MIRRORS,
                      "t10k-images-idx3-ubyte.gz",
                      4_422_102,
                      "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                  file(
                      FASHION_MIRRORS,
                      "t10k-labels-idx1-ubyte.gz",
                      5_148,
                      "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"))),
          new Entry(
              "cifar10",
              "photographs of ten kinds, 50,000 + 10,000 of 32 x 32 colour",
              "Krizhevsky; no licence stated",
              List.of(
                  file(
                      List.of(
                          "https://www.cs.toronto.edu/~kriz/",
                          "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/"),
                      "cifar-10-binary.tar.gz",
                      170_052_171,
                      "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"))),
          new Entry(
              "cifar100",
              "photographs of a hundred kinds, 50,000 + 10,000 of 32 x 32 colour",
              "Krizhevsky; no licence stated",
              List.of(
                  file(
                      List.of(
                          "https://www.cs.toronto.edu/~kriz/",
                          "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/"),
                      "cifar-100-binary.tar.gz",
                      168_513_733,
                      "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"))));

  private DataCatalog() {}

  /**
   * A data set.
   *
   * @param name what commands call it, and its folder in the data folder
   * @param description what is in it
   * @param licence and where it is from
   * @param files to fetch
   */
  public record Entry(String name, String description, String licence, List<RemoteFile> files) {}

  /**
   * A file to fetch.
   *
   * @param urls where it is, tried in order
   * @param name what it is called in the data set's folder
   * @param bytes how many it has
   * @param checksum the SHA-256 of them, in lower-case hexadecimal
   */
  public record RemoteFile(List<String> urls, String name, long bytes, String checksum) {
    /** Rejects what is no SHA-256. */
    public RemoteFile {
      if (!checksum.matches("[0-9a-f]{64}")) {
        throw new IllegalArgumentException(name + ": '" + checksum + "' is no SHA-256 checksum");
      }
    }

    /** To be looked for there first: {@code MIRROR/SET/NAME}. */
    RemoteFile from(List<String> mirrors, String set) {
      List<String> all = new ArrayList<>();
      mirrors.forEach(m -> all.add(m.replaceFirst("/*$", "/") + set + "/" + name));
      all.addAll(urls);
      return new RemoteFile(List.copyOf(all), name, bytes, checksum);
    }
  }

  private static RemoteFile file(List<String> mirrors, String name, long bytes, String checksum) {
    return new RemoteFile(mirrors.stream().map(m -> m + name).toList(), name, bytes, checksum);
  }

  /** The data set of this name, if it can be fetched. */
  public static Optional<Entry> find(String name) {
    return ALL.stream().filter(e -> e.name().equals(name)).findFirst();
  }
}
