package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.nn.train.Examples;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Labelled images, and what their classes are called.
 *
 * @param name for messages and reports
 * @param examples the images, values in 0..1, and the class of each
 * @param classNames one for each class
 */
public record Dataset(String name, Examples examples, List<String> classNames) {
  /** Rejects an empty set, empty images, and labels out of range. */
  public Dataset {
    classNames = List.copyOf(classNames);
    if (examples.size() == 0) {
      throw new DataException(name + ": the data set is empty");
    }
    if (examples.image().size() == 0 || classNames.isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: images %s in %d classes; every extent is at least 1, and so are classes",
              name,
              examples.image(),
              classNames.size()));
    }
    int[] labels = examples.labels();
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classNames.size()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s: label %d of image %d is outside 0..%d",
                name,
                labels[i],
                i,
                classNames.size() - 1));
      }
    }
  }

  /** Classes that are called by their numbers, {@code count} of them. */
  static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /** How many classes there are. */
  public int classes() {
    return classNames.size();
  }

  /** How many images there are. */
  public int size() {
    return examples.size();
  }

  /** The true class of each. */
  public int[] labels() {
    return examples.labels();
  }

  /** The shape of an image, {@code [H, W, C]}. */
  public Shape image() {
    return examples.image();
  }

  /** All images at once, {@code N x H x W x C}: for few. */
  public float[] images() {
    float[] all = new float[size() * image().size()];
    for (int i = 0; i < size(); i++) {
      examples.images().read(i, all, i * image().size());
    }
    return all;
  }

  /**
   * Images {@code from} (with) to {@code to} (without); a view.
   *
   * @throws DataException if that is none, or not all of them are there
   */
  public Dataset slice(int from, int to) {
    if (from < 0 || to <= from || to > size()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: images %d to %d (without) were asked for; there are 0 to %d (without)",
              name,
              from,
              to,
              size()));
    }
    return new Dataset(name, examples.slice(from, to), classNames);
  }

  /**
   * The first {@code n} images, or all where there are fewer.
   *
   * @throws DataException if {@code n} is less than one
   */
  public Dataset take(int n) {
    if (n < 1) {
      throw new DataException(name + ": " + n + " images were asked for; at least one is needed");
    }
    return n >= size() ? this : slice(0, n);
  }
}
