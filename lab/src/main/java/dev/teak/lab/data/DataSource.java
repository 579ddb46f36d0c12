package dev.teak.lab.data;

import dev.teak.nn.settings.Registered;
import java.io.IOException;
import java.nio.file.Path;

/** Where images with classes come from: a record of its settings. */
@Registered(DataSources.class)
public interface DataSource {
  /**
   * Reads one of the two parts, or the first images of it. The order is the same each time, and the
   * classes are those of the whole.
   *
   * @param train the part to learn from, else the part to judge by
   * @param data the folder of the data sets that have names
   * @param seed of what is drawn by code; real images do not depend on it
   * @param limit images at most; no more is read than they need
   * @throws DataException if they are not there, or damaged; the message is one line and names the
   *     file
   */
  Dataset load(boolean train, Path data, long seed, int limit) throws IOException;

  /** As above, all of them. */
  default Dataset load(boolean train, Path data, long seed) throws IOException {
    return load(train, data, seed, Integer.MAX_VALUE);
  }

  /** Whether all its files are there, in whatever state. */
  default boolean isPresent(Path data) {
    return true;
  }
}
