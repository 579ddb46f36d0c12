package dev.teak.lab.report;

import dev.teak.attacks.evaluation.Report.Interval;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.measure.Clean;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Figures that may stand in one row: all of the same first test images, by the predictions that
 * measures keep. Attacks that cost more are run on fewer images, so that their own figures are of
 * other images than those of weaker ones.
 *
 * @param images the first so many; 0 where nothing was attacked
 */
public record SameImages(int images) {
  private static final boolean[] NONE = {};

  /** As many images as all of these attacks have of all these groups, where they have any. */
  public static SameImages of(List<Group> groups, List<String> attacks, List<Double> epsilons) {
    OptionalInt fewest =
        groups.stream()
            .flatMap(g -> g.results().stream())
            .flatMap(r -> counts(r, attacks, epsilons))
            .mapToInt(n -> n)
            .min();
    return new SameImages(fewest.orElse(0));
  }

  private static Stream<Integer> counts(CellResult r, List<String> attacks, List<Double> epsilons) {
    Stream<Integer> attacked =
        attacks.stream()
            .flatMap(a -> epsilons.stream().map(e -> under(r, a, e).length))
            .filter(n -> n > 0);
    int clean = clean(r).length;
    return clean == 0 ? attacked : Stream.concat(attacked, Stream.of(clean));
  }

  /** Which of all test images are right as they are; none where they were not kept. */
  static boolean[] clean(CellResult r) {
    return r.measured(Clean.NAME).map(m -> right(m.labels(), m.predictions())).orElse(NONE);
  }

  /**
   * Which of the attacked images are right as they are and under attack: of an image that is wrong
   * as it is, that class is noted. None where they were not kept.
   */
  static boolean[] under(CellResult r, String attack, double epsilon) {
    List<Integer> labels = r.measured(Clean.NAME).map(Measured::labels).orElse(List.of());
    return Group.find(r, attack, epsilon)
        .map(a -> right(labels, a.found().predictions()))
        .orElse(NONE);
  }

  private static boolean[] right(List<Integer> labels, List<Integer> said) {
    boolean[] right = new boolean[Math.min(labels.size(), said.size())];
    for (int i = 0; i < right.length; i++) {
      right[i] = said.get(i).equals(labels.get(i));
    }
    return right;
  }

  /** The accuracy as they are. */
  public Summary clean(Group g) {
    return over(g, SameImages::clean);
  }

  /** What an attack leaves. */
  public Summary under(Group g, String attack, double epsilon) {
    return over(g, r -> under(r, attack, epsilon));
  }

  /** What is left where each image is attacked by each of these, and the worst of them counts. */
  public Summary underAll(Group g, List<String> attacks, double epsilon) {
    return over(g, r -> underAll(r, attacks, epsilon));
  }

  /** The same less that of another group, over the seeds that both have. */
  public Summary lessUnderAll(Group g, Group other, List<String> attacks, double epsilon) {
    return g.less(other, r -> share(underAll(r, attacks, epsilon)));
  }

  private boolean[] underAll(CellResult r, List<String> attacks, double epsilon) {
    boolean[] stands = new boolean[images];
    Arrays.fill(stands, true);
    boolean any = false;
    for (String attack : attacks) {
      boolean[] right = under(r, attack, epsilon);
      if (right.length >= images) {
        any = true;
        for (int i = 0; i < images; i++) {
          stands[i] &= right[i];
        }
      }
    }
    return any ? stands : NONE;
  }

  /** Over the seeds, or of one seed with its interval over the images. */
  private Summary over(Group g, Function<CellResult, boolean[]> right) {
    Summary s = g.over(r -> share(right.apply(r)));
    if (s.count() != 1) {
      return s;
    }
    Interval over = Interval.of((int) Math.round(s.mean() * images), images);
    return new Summary(s.mean(), over.low(), over.high(), 1);
  }

  private double share(boolean... right) {
    return images == 0 || right.length < images
        ? Double.NaN
        : (double) count(Arrays.copyOf(right, images)) / images;
  }

  static int count(boolean... marked) {
    int count = 0;
    for (boolean m : marked) {
      count += m ? 1 : 0;
    }
    return count;
  }
}
