package dev.teak.lab.paper;

import static dev.teak.lab.paper.DenoisingEnsemble.ACCURACY;
import static dev.teak.lab.paper.DenoisingEnsemble.CLASSIFIER;
import static dev.teak.lab.paper.DenoisingEnsemble.COMBINED;
import static dev.teak.lab.paper.DenoisingEnsemble.FOLDS;
import static j2html.TagCreator.text;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Summary;
import dev.teak.lab.stats.MeanInterval;
import dev.teak.lab.stats.Significance;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Each fold by itself, the mean over folds, and whether that is more than the classifier that has
 * seen all images. Folds share most of their training images, so that their figures scatter less
 * than those of independent trainings would: intervals and tests are corrected for it (Nadeau and
 * Bengio, "Inference for the generalization error", 2003).
 */
final class FoldTables {
  private static final Pattern MEMBER = Pattern.compile("member_\\d+_accuracy");

  private final DenoisingEnsemble all;

  FoldTables(DenoisingEnsemble all) {
    this.all = all;
  }

  /**
   * What folds gain at an epsilon over the classifier of the same seed.
   *
   * @param mean of the gain
   * @param p of the corrected test that there is none
   * @param folds how many
   * @param classifier its accuracy
   */
  record Gain(Summary mean, double p, int folds, double classifier) {}

  /** Each fold's accuracy on denoised images, by itself; none where that was not measured. */
  static double[] members(CellResult r, double epsilon) {
    Map<String, Figure> figures =
        DenoisingEnsemble.found(r, epsilon).map(m -> m.figures()).orElse(Map.of());
    return figures.entrySet().stream()
        .filter(e -> MEMBER.matcher(e.getKey()).matches())
        .mapToDouble(e -> e.getValue().value())
        .toArray();
  }

  /** The mean over the folds of the first seed, with its corrected interval. */
  static Summary mean(Group g, double epsilon) {
    return g == null ? Summary.NOTHING : summary(members(g.first(), epsilon));
  }

  private static Summary summary(double... values) {
    if (values.length == 0) {
      return Summary.NOTHING;
    }
    MeanInterval m = MeanInterval.correctedResampled(ratio(values.length), values);
    return new Summary(m.mean(), m.low(), m.high(), m.values());
  }

  /** Of k folds, one is held back for every k - 1 that are trained on. */
  private static double ratio(int folds) {
    return 1.0 / (folds - 1);
  }

  /** What the folds gain; null where either was not measured. */
  Gain gain(double epsilon) {
    Group folds = all.denoised(FOLDS, epsilon);
    Group one = all.denoised(CLASSIFIER, epsilon);
    if (folds == null || one == null) {
      return null;
    }
    for (Group.Pair pair : folds.pairs(one)) {
      double[] each = members(pair.mine(), epsilon);
      double whole = DenoisingEnsemble.of(epsilon, ACCURACY).applyAsDouble(pair.other());
      if (each.length > 1 && Double.isFinite(whole)) {
        double[] same = new double[each.length];
        Arrays.fill(same, whole);
        double p = Significance.correctedResampledT(ratio(each.length), each, same);
        Summary gain = summary(DoubleStream.of(each).map(a -> a - whole).toArray());
        return new Gain(gain, p, each.length, whole);
      }
    }
    return null;
  }

  /** The part of the page; none without folds. */
  List<DomContent> render() {
    List<List<DomContent>> rows = new ArrayList<>();
    for (double e : all.epsilons()) {
      Group folds = all.denoised(FOLDS, e);
      double[] each = folds == null ? new double[0] : members(folds.first(), e);
      if (each.length > 0) {
        rows.add(row(e, folds, each));
      }
    }
    if (rows.isEmpty()) {
      return List.of();
    }
    List<String> head =
        new ArrayList<>(
            List.of(
                "epsilon = noise",
                "each fold",
                "mean over folds",
                "the classifier",
                "gain of the mean",
                "p"));
    head.addAll(List.of("mean probability", "majority vote", "weighted"));
    return List.of(
        Page.table(head, rows),
        Page.note(
            "Accuracy in percent on denoised images, of the first seed; gains in points. Folds share"
                + " most of their training images, so that the test of their gain over the"
                + " classifier, which has learned from all of them, is the corrected resampled t of"
                + " Nadeau and Bengio (2003): without the correction its p would be too small. The"
                + " last columns are one model of all folds."));
  }

  private List<DomContent> row(double epsilon, Group folds, double... each) {
    Gain gain = gain(epsilon);
    List<DomContent> row = new ArrayList<>(List.of(text(Axis.number(epsilon))));
    row.add(
        text(
            IntStream.range(0, each.length)
                .mapToObj(i -> Formats.decimals(100 * each[i], 1))
                .collect(Collectors.joining(", "))));
    row.add(text(mean(folds, epsilon).bare()));
    row.add(text(gain == null ? Formats.NOTHING : Formats.decimals(100 * gain.classifier(), 1)));
    row.add(text(gain == null ? Formats.NOTHING : gain.mean().points()));
    row.add(text(gain == null ? Formats.NOTHING : Formats.probability(gain.p())));
    for (String combined : COMBINED) {
      Group g = all.denoised(combined, epsilon);
      row.add(text(DenoisingEnsemble.at(g, epsilon, ACCURACY).bare()));
    }
    return row;
  }
}
