package dev.teak.lab.data;

import java.util.Arrays;
import java.util.List;

/** The classes of data that do not name them. */
final class Classes {
  private Classes() {}

  /**
   * As many as training labels have, called by their numbers.
   *
   * @param where the labels are from
   * @throws DataException if there is but one, or one below the largest has no image
   */
  static List<String> counted(String where, int... labels) {
    int least = Arrays.stream(labels).min().orElse(0);
    if (least < 0) {
      throw new DataException(where + ": label " + least + "; classes are numbered from 0");
    }
    int count = Arrays.stream(labels).max().orElse(0) + 1;
    boolean[] seen = new boolean[Math.min(count, labels.length + 1)]; // one is missing beyond that
    Arrays.stream(labels).filter(label -> label < seen.length).forEach(label -> seen[label] = true);
    for (int c = 0; c < seen.length; c++) {
      if (!seen[c]) {
        throw new DataException(
            where
                + ": class "
                + c
                + " has no image, though there are labels up to "
                + (count - 1)
                + "; classes are numbered from 0 without a gap");
      }
    }
    if (count < 2) {
      throw new DataException(
          where + ": all images are of class 0; there must be two classes or more");
    }
    return Dataset.numbered(count);
  }
}
