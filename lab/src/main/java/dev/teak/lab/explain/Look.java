package dev.teak.lab.explain;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Victim;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.attribution.Attribution;
import dev.teak.nn.train.Evaluate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * What a model says of an image, and what it looks at: as it is and, where there is an attack,
 * after that.
 *
 * @param image {@code [H, W, C]}
 * @param before the image as it is
 * @param after the attacked image; null without an attack
 * @param views what was looked at: the image for the target and, after an attack, the attacked one
 *     for the same class, and for the one that it is now taken for if that is another
 */
public record Look(Shape image, Said before, Said after, List<View> views) {
  /**
   * What is said of an image.
   *
   * @param pixels {@code [H, W, C]}
   * @param probabilities of each class
   * @param prediction the class, as of {@link Evaluate#prediction}
   */
  @SuppressWarnings("ArrayRecordComponent") // a result, never compared
  public record Said(float[] pixels, double[] probabilities, int prediction) {}

  /**
   * What is looked at for a class.
   *
   * @param of whether the image as it is, or the attacked one
   * @param target the class
   * @param maps one of each method, {@code [H, W]}
   */
  public record View(Said of, int target, List<float[]> maps) {}

  /**
   * Looks at one image.
   *
   * @param model gives logits {@code [1, classes]}
   * @param victim the same as it is attacked
   * @param attack null for none
   * @param label the true class; null where that is not known, and for an attack the model's own
   *     answer stands for it
   * @param target the class to be looked for; null for the model's own answer
   * @throws IllegalArgumentException if there is no such class, a logit is NaN and so there is no
   *     answer, or a method does not fit the model
   */
  public static Look at(
      Module model,
      Victim victim,
      Attack attack,
      float[] pixels,
      Shape image,
      Integer label,
      Integer target,
      List<Attribution> methods) {
    Said before = said(model, pixels, image);
    int wanted = target == null ? answer(before) : target;
    List<View> views = new ArrayList<>(List.of(view(model, before, image, wanted, methods)));
    if (attack == null) {
      return new Look(image, before, null, views);
    }
    int truth = label == null ? answer(before) : label;
    Said after = said(model, attacked(victim, attack, pixels, image, truth), image);
    views.add(view(model, after, image, wanted, methods));
    if (after.prediction >= 0 && after.prediction != wanted) {
      views.add(view(model, after, image, after.prediction, methods));
    }
    return new Look(image, before, after, views);
  }

  private static Tensor batch(float[] pixels, Shape image) {
    return Tensor.of(pixels, 1, image.dim(0), image.dim(1), image.dim(2));
  }

  private static Said said(Module model, float[] pixels, Shape image) {
    try (Scope scope = Scope.open();
        Module.Evaluating eval = model.evaluating()) {
      Tensor logits = Victim.of(model).logits(batch(pixels, image));
      double[] probabilities = Evaluate.requireClasses(logits).softmax().toDoubles();
      return new Said(pixels, probabilities, Evaluate.prediction(logits.toFloats()));
    }
  }

  private static int answer(Said said) {
    if (said.prediction == Evaluate.NO_CLASS) {
      throw new IllegalArgumentException(
          "the model's answer has a NaN, and so there is no class to look for; name one");
    }
    return said.prediction;
  }

  private static float[] attacked(
      Victim victim, Attack attack, float[] pixels, Shape image, int truth) {
    try (Scope scope = Scope.open()) {
      Tensor labels = Tensor.ofInts(new int[] {truth}, 1);
      return attack.perturb(victim, batch(pixels, image), labels).images().toFloats();
    }
  }

  private static View view(
      Module model, Said said, Shape image, int target, List<Attribution> methods) {
    List<float[]> maps = new ArrayList<>();
    for (Attribution method : methods) {
      try (Scope scope = Scope.open()) {
        Tensor of = Tensor.ofInts(new int[] {target}, 1);
        Tensor found = method.attribute(model, batch(said.pixels, image), of);
        maps.add(method.map(found).toFloats());
      }
    }
    return new View(said, target, maps);
  }

  /** The most likely classes, at most so many: by the larger of before and after. */
  public List<Integer> likely(int count) {
    Comparator<Integer> byMost = Comparator.comparingDouble(this::most);
    return IntStream.range(0, before.probabilities.length)
        .boxed()
        .sorted(byMost.reversed())
        .limit(count)
        .toList();
  }

  private double most(int c) {
    double now = after == null ? 0 : after.probabilities[c];
    return Math.max(before.probabilities[c], now);
  }

  /** The largest change of a value by the attack. */
  public double change() {
    return Norm.LINF.of(before.pixels, after.pixels, 0, before.pixels.length);
  }

  /**
   * How much of a map is as it was before the attack: Spearman's rank correlation of the pixels of
   * two views, 1 for the same order (as Ghorbani et al., "Interpretation of neural networks is
   * fragile", AAAI 2019). NaN where all pixels of one are equal.
   *
   * @param method number of the map
   * @param view to compare with the first
   */
  public double rankCorrelation(int method, int view) {
    return new SpearmansCorrelation()
        .correlation(
            doubles(views.get(0).maps.get(method)), doubles(views.get(view).maps.get(method)));
  }

  /** Whether a map is 0 at every pixel, as that of Grad-CAM where nothing speaks for the class. */
  public boolean isEmpty(int method, int view) {
    float[] map = views.get(view).maps.get(method);
    return IntStream.range(0, map.length).allMatch(i -> map[i] == 0);
  }

  private static double[] doubles(float... values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
