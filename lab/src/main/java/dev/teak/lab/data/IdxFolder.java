package dev.teak.lab.data;

import dev.teak.engine.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder with idx files called like MNIST's, gzipped or not: {@code train-images-idx3-ubyte} (or
 * {@code idx4} with channels), {@code train-labels-idx1-ubyte}, and the same with {@code t10k} for
 * the test. There are as many classes as the largest training label says.
 */
public record IdxFolder(String dir) implements DataSource {
  /** What is in it. */
  static final List<String> FILES =
      List.of(images(true), labels(true), images(false), labels(false));

  static String images(boolean train) {
    return (train ? "train" : "t10k") + "-images-idx3-ubyte";
  }

  static String labels(boolean train) {
    return (train ? "train" : "t10k") + "-labels-idx1-ubyte";
  }

  @Override
  public Dataset load(boolean train, Path data, long seed, int limit) throws IOException {
    Path labels = require(labels(true));
    List<String> classes = Classes.counted(labels.toString(), IdxReader.labels(labels));
    Path colored = DataFile.find(folder(), images(train).replace("idx3", "idx4"));
    Path images = colored != null ? colored : require(images(train));
    return IdxReader.read(dir, images, require(labels(train)), classes, limit);
  }

  private Path folder() {
    return Home.resolve(dir);
  }

  private Path require(String file) {
    Path found = DataFile.find(folder(), file);
    if (found == null) {
      throw new DataException(
          folder().resolve(file)
              + "[.gz]: there is no such file; an idx folder has all of MNIST's");
    }
    return found;
  }

  @Override
  public boolean isPresent(Path data) {
    return FILES.stream().allMatch(file -> DataFile.find(folder(), file) != null);
  }
}
