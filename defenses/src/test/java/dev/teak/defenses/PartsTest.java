package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.gradient.GradientManipulation;
import dev.teak.defenses.gradient.MovingAverage;
import dev.teak.defenses.mask.Fill;
import dev.teak.defenses.mask.LearnedMask;
import dev.teak.defenses.mask.Mask;
import dev.teak.defenses.mask.Region;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The notation: what a text means, that it comes back, and what is said of one that is wrong. */
class PartsTest {
  static Stream<Arguments> parts() {
    Mask somewhere = Mask.of(new Region.RandomRectangle(8, 6));
    return Stream.of(
        Arguments.of("random 0.3", Mask.random(0.3)),
        Arguments.of("random 0.3 exact", Mask.random(0.3).exact()),
        Arguments.of("random 0.3 exact fixed", Mask.random(0.3).exact().fixed()),
        Arguments.of("random 0.1 per-batch", Mask.random(0.1).perBatch()),
        Arguments.of("random 0.0001 per-channel", Mask.random(1e-4).perChannel()),
        Arguments.of("random 0.3 fill 1", Mask.random(0.3).filled(Fill.constant(1))),
        Arguments.of(
            "random 0.3 fixed per-channel filter blur 3",
            Mask.random(0.3).fixed().perChannel().filled(Fill.blur(3))),
        Arguments.of("rectangle 4 5 8 9", Mask.of(new Region.Rectangle(4, 5, 8, 9))),
        Arguments.of(
            "rectangle 4 5 8 9 fill 0.5",
            Mask.of(new Region.Rectangle(4, 5, 8, 9)).filled(Fill.constant(0.5))),
        Arguments.of("random-rectangle 8 6", somewhere),
        Arguments.of(
            "random-rectangle 8 6 per-batch filter sharpen",
            somewhere.perBatch().filled(Fill.sharpen())),
        Arguments.of("filter blur 5", Mask.filter(Fill.blur(5))),
        Arguments.of("filter emboss", Mask.filter(Fill.emboss())),
        Arguments.of("filter -1.5", Mask.filter(Fill.kernel(-1.5))),
        Arguments.of(
            "filter 0 1 0 1 -4 1 0 1 0",
            Mask.filter(Fill.kernel(0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0))),
        Arguments.of("learned 0.001", LearnedMask.of(0.001)),
        Arguments.of("learned 0.001 per-channel", LearnedMask.of(0.001).perChannel()),
        Arguments.of("adv-fgsm 0.1", AdversarialTraining.fgsm(0.1)),
        Arguments.of("adv-fgsm 0.1 warmup 9", AdversarialTraining.fgsm(0.1).warmup(9)),
        Arguments.of("adv-pgd 0.3", AdversarialTraining.pgd(0.3)),
        Arguments.of("adv-pgd 0.3 warmup 200", AdversarialTraining.pgd(0.3).warmup(200)),
        Arguments.of("noise 0.01", GradientManipulation.noise(0.01)),
        Arguments.of("noise 0.01 @3", GradientManipulation.noise(0.01).at("3")),
        Arguments.of("clip-value 0.1", GradientManipulation.clipValue(0.1)),
        Arguments.of("clip-norm 1", GradientManipulation.clipNorm(1)),
        Arguments.of("average 0.9", new MovingAverage(0.9)),
        Arguments.of(
            "smooth 3 @layer1.0.conv1", GradientManipulation.smooth(3).at("layer1.0.conv1")),
        Arguments.of("zero 0.2", GradientManipulation.zero(0.2)),
        Arguments.of("sign", GradientManipulation.sign()),
        Arguments.of("sign @2", GradientManipulation.sign().at("2")),
        Arguments.of("quantise 8", GradientManipulation.quantise(8)));
  }

  @ParameterizedTest
  @MethodSource("parts")
  void aTextMeansAPartAndComesBack(String text, Part part) {
    assertEquals(part, Parts.parse(text));
    assertEquals(text, part.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "adv-pgd 8/255, adv-pgd 0.03137254901960784",
    "adv-fgsm 4/255 warmup 10, adv-fgsm 0.01568627450980392 warmup 10",
    "filter 1/4 0 0 0 1/2 0 0 0 1/4, filter 0.25 0 0 0 0.5 0 0 0 0.25",
    "random 1/2 fill 1/4, random 0.5 fill 0.25",
    "noise 1/8 @3, noise 0.125 @3"
  })
  void aNumberMayBeAFraction(String text, String plain) {
    assertEquals(Parts.parse(plain), Parts.parse(text));
    assertEquals(plain, Parts.parse(text).toString());
  }

  @Test
  void everyKindIsTried() {
    Set<String> tried = new HashSet<>();
    parts().forEach(a -> tried.add(((String) a.get()[0]).split(" ", 2)[0]));
    Parts.ALL.forEach(kind -> assertTrue(tried.contains(kind.name()), kind.name()));
  }

  @Test
  void aTrainingIsAListAndComesBack() {
    Training both = Training.of(AdversarialTraining.pgd(0.2), Mask.random(0.3));
    assertEquals("adv-pgd 0.2; random 0.3", both.toString());
    assertEquals(both, Training.parse(" adv-pgd   0.2 ;random 0.30"));
    assertEquals("none", Training.PLAIN.toString());
    assertEquals(Training.PLAIN, Training.parse("none"));
    assertEquals(Training.PLAIN, Training.parse(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "rndom 0.3, there is no 'rndom'; the parts are random",
    "'', the name of a part is missing",
    "random, a number is missing; expects 'random RATIO [exact]",
    "random x, 'x' is no number; expects 'random RATIO",
    "adv-pgd 8/0, '8/0' is no number; expects 'adv-pgd EPS",
    "adv-pgd 8/255/2, '8/255/2' is no number",
    "quantise 8/2, '8/2' is no whole number",
    "random 1.5, ratio 1.5: must be in 0..1",
    "random NaN, ratio NaN: must be in 0..1",
    "random 0.3 fixed exact, 'exact' is one word too many",
    "random 0.3 fill, a number is missing",
    "random 0.3 fill NaN, must be a finite number",
    "rectangle 4 4 8, a whole number is missing",
    "rectangle 4 4 8 0, must be 1 x 1 or larger",
    "rectangle -1 4 8 8, both must be 0 or more",
    "rectangle 4 4 8 8 fixed per-channel, per-channel says nothing",
    "filter blur 4, must be odd",
    "filter 1 2 3 4, must be k x k with an odd k",
    "filter, a number is missing",
    "learned -1, must be 0 or more",
    "adv-pgd, a number is missing; expects 'adv-pgd EPS [warmup STEPS]'",
    "adv-pgd 0.3 warmup 0, must be 1 or more",
    "noise 0, must be more than 0",
    "noise 0.01 3, '3' is one word too many",
    "clip-norm Infinity, must be more than 0",
    "average 1, 'must be in [0, 1)'",
    "average 0.9 @3, '@3' is one word too many",
    "smooth 2, must be odd",
    "zero 1, 'must be in [0, 1)'",
    "quantise 0, must be 1 or more",
    "quantise 2.5, '2.5' is no whole number"
  })
  void aWrongTextIsExplained(String text, String said) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Parts.parse(text)).getMessage();
    assertTrue(message.startsWith("defense '" + text + "': "), message);
    assertTrue(message.contains(said), message);
  }

  @Test
  void aMaskCannotLearnFromImagesOfALaterAttack() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Training.parse("learned 0.001; noise 0.1; adv-fgsm 0.1"))
            .getMessage();
    assertTrue(message.contains("put the mask behind the attack"), message);
  }
}
