package dev.teak.defenses;

import dev.teak.defenses.gradient.GradientManipulation;
import dev.teak.defenses.gradient.MovingAverage;
import dev.teak.defenses.mask.Fill;
import dev.teak.defenses.mask.LearnedMask;
import dev.teak.defenses.mask.Mask;
import dev.teak.defenses.mask.Region;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The parts of a training in words: the one notation of command line, files and results. {@link
 * Part#toString} writes it, {@link #parse} reads it. A number may be a fraction, as {@code 8/255};
 * it is written as a decimal one.
 */
public final class Parts {
  /** What a mask may say of itself behind its region. */
  private static final String MASK = "[per-batch|fixed] [per-channel] [fill C | filter F]";

  /** What stands behind a manipulation of gradients. */
  private static final String LAYER = "[@LAYER]";

  /**
   * A kind of part.
   *
   * @param name its first word
   * @param usage the words that follow
   * @param summary a line about it
   */
  public record Entry(String name, String usage, String summary, Function<Words, Part> read) {}

  /** All kinds. */
  public static final List<Entry> ALL =
      List.of(
          new Entry(
              "random",
              "RATIO [exact] " + MASK,
              "pixels drawn with this probability, or exactly so many, to 0",
              Parts::random),
          new Entry(
              "rectangle",
              "TOP LEFT HEIGHT WIDTH [fill C | filter F]",
              "a given rectangle to 0",
              w ->
                  mask(
                      w,
                      Mask.of(new Region.Rectangle(w.whole(), w.whole(), w.whole(), w.whole())))),
          new Entry(
              "random-rectangle",
              "HEIGHT WIDTH " + MASK,
              "a rectangle anywhere to 0",
              w -> mask(w, Mask.of(new Region.RandomRectangle(w.whole(), w.whole())))),
          new Entry(
              "filter",
              "blur K | sharpen | emboss | K x K NUMBERS",
              "the whole image under a small kernel",
              w -> Mask.filter(filter(w))),
          new Entry(
              "learned",
              "LAMBDA [per-channel]",
              "a mask learned with the weights, at this price a pixel",
              Parts::learned),
          new Entry(
              "adv-fgsm",
              "EPS [warmup STEPS]",
              "adversarial training on FGSM images",
              w -> adversarial(AdversarialTraining.By.FGSM, w)),
          new Entry(
              "adv-pgd",
              "EPS [warmup STEPS]",
              "adversarial training on PGD images",
              w -> adversarial(AdversarialTraining.By.PGD, w)),
          new Entry(
              "noise",
              "SIGMA " + LAYER,
              "Gaussian noise on gradients",
              w -> at(w, GradientManipulation.noise(w.number()))),
          new Entry(
              "clip-value",
              "LIMIT " + LAYER,
              "elements of gradients within a limit",
              w -> at(w, GradientManipulation.clipValue(w.number()))),
          new Entry(
              "clip-norm",
              "LIMIT " + LAYER,
              "gradients within a norm",
              w -> at(w, GradientManipulation.clipNorm(w.number()))),
          new Entry(
              "average",
              "BETA",
              "a moving average of gradients over steps",
              w -> new MovingAverage(w.number())),
          new Entry(
              "smooth",
              "K " + LAYER,
              "means of gradients over K x K places",
              w -> at(w, GradientManipulation.smooth(w.whole()))),
          new Entry(
              "zero",
              "FRACTION " + LAYER,
              "the smallest elements of gradients to 0",
              w -> at(w, GradientManipulation.zero(w.number()))),
          new Entry("sign", LAYER, "signs of gradients", w -> at(w, GradientManipulation.sign())),
          new Entry(
              "quantise",
              "LEVELS " + LAYER,
              "gradients rounded to so many levels on either side of 0",
              w -> at(w, GradientManipulation.quantise(w.whole()))));

  private Parts() {}

  /**
   * The part that a text describes, such as {@code random 0.3 exact fixed}, {@code adv-pgd 0.2} or
   * {@code noise 0.01 @3}.
   *
   * @throws IllegalArgumentException saying what is wrong, and what would be right
   */
  public static Part parse(String text) {
    Words words = new Words(text);
    String name = words.next("the name of a part");
    Entry entry =
        ALL.stream()
            .filter(e -> e.name.equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    words.wrong(
                        "there is no '"
                            + name
                            + "'; the parts are "
                            + ALL.stream().map(Entry::name).collect(Collectors.joining(", "))));
    words.form(entry.name + " " + entry.usage);
    Part part = words.checked(entry.read);
    words.end();
    return part;
  }

  private static Part random(Words w) {
    Mask mask = Mask.random(w.number());
    return mask(w, w.take("exact") ? mask.exact() : mask);
  }

  private static Mask mask(Words w, Mask mask) {
    for (Mask.Vary vary : Mask.Vary.values()) {
      mask = w.take(vary.toString()) ? mask.varying(vary) : mask;
    }
    mask = w.take("per-channel") ? mask.perChannel() : mask;
    if (w.take("fill")) {
      return mask.filled(Fill.constant(w.number()));
    }
    return w.take("filter") ? mask.filled(filter(w)) : mask;
  }

  private static Fill filter(Words w) {
    if (w.take("blur")) {
      return Fill.blur(w.whole());
    }
    if (w.take("sharpen")) {
      return Fill.sharpen();
    }
    return w.take("emboss") ? Fill.emboss() : Fill.kernel(w.numbers());
  }

  private static Part learned(Words w) {
    LearnedMask mask = LearnedMask.of(w.number());
    return w.take("per-channel") ? mask.perChannel() : mask;
  }

  private static Part adversarial(AdversarialTraining.By by, Words w) {
    AdversarialTraining training = AdversarialTraining.of(by, w.number());
    return w.take("warmup") ? training.warmup(w.whole()) : training;
  }

  private static Part at(Words w, GradientManipulation manipulation) {
    String layer = w.afterAt();
    return layer == null ? manipulation : manipulation.at(layer);
  }
}
