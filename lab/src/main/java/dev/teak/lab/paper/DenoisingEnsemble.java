package dev.teak.lab.paper;

import dev.teak.engine.Numbers;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.measure.Reconstruction;
import dev.teak.lab.paper.DenoisingEnsembleFigures.Row;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Results as the paper that denoises attacked digits looks at them: by the names of its recipes.
 */
record DenoisingEnsemble(Results results) {
  /** The classifier by itself: what FGSM is made on. */
  static final String CLASSIFIER = "classifier";

  /** Classifiers of a fold each, with nothing in front. */
  static final String FOLDS = "folds";

  /** What stands in front of the classifier, by the beginning of its recipes' names. */
  static final String DENOISED = "denoised";

  /** What stands in front of the classifier instead. */
  static final List<String> OTHERS =
      List.of("variational", "adversarial autoencoder", "drawn codes");

  /** How the folds' answers become one: of their mean probability, by majority, weighted. */
  static final List<String> COMBINED = List.of("folds", "folds by vote", "folds weighted");

  // Figures of what is measured by Reconstruction.
  static final String ACCURACY = "accuracy";
  static final String ADVERSARIAL = "adversarial_accuracy";
  static final String MSE = "reconstructed_mse";

  /** The attack that knows the classifier alone. */
  static final String FGSM = "fgsm";

  /** The recipe that is denoised with this noise, in front of something; null where it is not. */
  Group denoised(String behind, double noise) {
    String words = DENOISED + " " + Numbers.exact(noise);
    return results.named(behind.equals(CLASSIFIER) ? words : behind + ", " + words);
  }

  /** The same of another autoencoder before the classifier. */
  Group other(String autoencoder, double noise) {
    return results.named(autoencoder + " " + Numbers.exact(noise));
  }

  /** The classifier; null where it is not done. */
  Group classifier() {
    return results.named(CLASSIFIER);
  }

  /** Rows of the paper's table of which there is anything. */
  List<Row> rows() {
    return DenoisingEnsembleFigures.ROWS.stream()
        .filter(
            row ->
                at(denoised(CLASSIFIER, row.epsilon()), row.epsilon(), ACCURACY).isThere()
                    || at(denoised(FOLDS, row.epsilon()), row.epsilon(), ACCURACY).isThere())
        .toList();
  }

  /** Its noises, and epsilons, that there are results of. */
  List<Double> epsilons() {
    return rows().stream().map(Row::epsilon).toList();
  }

  /** All that stand in front of the classifier alone: by noise, then the other autoencoders. */
  List<Group> fronted() {
    List<Group> all = new ArrayList<>();
    epsilons().forEach(noise -> all.add(denoised(CLASSIFIER, noise)));
    for (String other : OTHERS) {
      epsilons().forEach(noise -> all.add(other(other, noise)));
    }
    return all.stream().filter(Objects::nonNull).toList();
  }

  /** The same with the classifier first, and the folds behind. */
  List<Group> all() {
    Stream<Group> folds =
        COMBINED.stream().flatMap(c -> epsilons().stream().map(noise -> denoised(c, noise)));
    return Stream.concat(
            Stream.concat(Stream.of(classifier()).filter(Objects::nonNull), fronted().stream()),
            Stream.concat(Stream.of(results.named(FOLDS)), folds))
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** A figure of images that were attacked on the classifier alone; NaN where there is none. */
  static ToDoubleFunction<CellResult> of(double epsilon, String figure) {
    return r -> found(r, epsilon).map(m -> m.value(figure)).orElse(Double.NaN);
  }

  /** All of its figures. */
  static Optional<Measured> found(CellResult r, double epsilon) {
    return r.measured(Reconstruction.NAME + " " + FGSM + "@" + Numbers.exact(epsilon));
  }

  /** A figure over the seeds; of one seed with the interval over its images, where it has one. */
  static Summary at(Group g, double epsilon, String figure) {
    if (g == null) {
      return Summary.NOTHING;
    }
    Summary s = g.over(of(epsilon, figure));
    if (s.count() != 1) {
      return s;
    }
    Optional<Figure> one =
        g.results().stream()
            .flatMap(r -> found(r, epsilon).stream())
            .map(m -> m.figures().get(figure))
            .filter(f -> f != null && f.low() != null)
            .findFirst();
    return one.map(f -> new Summary(f.value(), f.low(), f.high(), 1)).orElse(s);
  }

  /** What a recipe keeps more than the classifier, of the same images. */
  static Summary restored(Group g, double epsilon) {
    return g.over(
        r -> of(epsilon, ACCURACY).applyAsDouble(r) - of(epsilon, ADVERSARIAL).applyAsDouble(r));
  }

  /** An epsilon as an answer is named by it. */
  static String words(double epsilon) {
    return "epsilon " + Axis.number(epsilon);
  }
}
