package dev.teak.lab.data;

import java.util.List;
import java.util.Optional;

/** The data sets that can be fetched: where their files are, and how to know them. */
public final class DataCatalog {
  private static final List<String> MNIST_MIRRORS =
      List.of(
          "https://ossci-datasets.s3.amazonaws.com/mnist/",
          "https://storage.googleapis.com/cvdf-datasets/mnist/");
  private static final List<String> FASHION_MIRRORS =
      List.of("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/");

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
                      "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                  file(
                      MNIST_MIRRORS,
                      "train-labels-idx1-ubyte.gz",
                      "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                  file(
                      MNIST_MIRRORS,
                      "t10k-images-idx3-ubyte.gz",
                      "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                  file(
                      MNIST_MIRRORS,
                      "t10k-labels-idx1-ubyte.gz",
                      "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"))),
          new Entry(
              "fashion",
              "Zalando's articles, 60,000 + 10,000 of 28 x 28 grey",
              "Xiao, Rasul, Vollgraf; MIT",
              List.of(
                  file(
                      FASHION_MIRRORS,
                      "train-images-idx3-ubyte.gz",
                      "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                  file(
                      FASHION_MIRRORS,
                      "train-labels-idx1-ubyte.gz",
                      "25c81989df183df01b3e8a0aad5dffbe"),
                  file(
                      FASHION_MIRRORS,
                      "t10k-images-idx3-ubyte.gz",
                      "bef4ecab320f06d8554ea6380940ec79"),
                  file(
                      FASHION_MIRRORS,
                      "t10k-labels-idx1-ubyte.gz",
                      "bb300cfdad3c16e7a12a480ee83cd310"))),
          new Entry(
              "cifar10",
              "photographs of ten kinds, 50,000 + 10,000 of 32 x 32 colour",
              "Krizhevsky; no licence stated",
              List.of(
                  file(
                      List.of("https://www.cs.toronto.edu/~kriz/"),
                      "cifar-10-binary.tar.gz",
                      "c32a1d4ab5d03f1284b67883e8d87530"))),
          new Entry(
              "cifar100",
              "photographs of a hundred kinds, 50,000 + 10,000 of 32 x 32 colour",
              "Krizhevsky; no licence stated",
              List.of(
                  file(
                      List.of("https://www.cs.toronto.edu/~kriz/"),
                      "cifar-100-binary.tar.gz",
                      "03b5dce01913d631647c71ecec9e9cb8"))));

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
   * @param checksum of its bytes in lower-case hexadecimal: SHA-256 where it has 64 digits, MD5,
   *     the only one some authors publish, where it has 32
   */
  public record RemoteFile(List<String> urls, String name, String checksum) {
    /** Rejects a checksum that is neither. */
    public RemoteFile {
      if (!checksum.matches("[0-9a-f]{32}|[0-9a-f]{64}")) {
        throw new IllegalArgumentException(
            name + ": '" + checksum + "' is neither an MD5 nor a SHA-256 checksum");
      }
    }
  }

  private static RemoteFile file(List<String> mirrors, String name, String checksum) {
    return new RemoteFile(mirrors.stream().map(m -> m + name).toList(), name, checksum);
  }

  /** The data set of this name, if it can be fetched. */
  public static Optional<Entry> find(String name) {
    return ALL.stream().filter(e -> e.name().equals(name)).findFirst();
  }
}
