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
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.SettingsException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The notation: what a text means, that it comes back, and what is said of one that is wrong. */
class DefensesTest {
  static Stream<Arguments> parts() {
    Mask somewhere = Mask.of(new Region.RandomRectangle(8, 6));
    return Stream.of(
        Arguments.of("random 0.3", Mask.random(0.3)),
        Arguments.of("random 0.3 exact", Mask.random(0.3).exact()),
        Arguments.of("random 0.3 exact fixed", Mask.random(0.3).exact().fixed()),
        Arguments.of("random 0.1 per-batch", Mask.random(0.1).perBatch()),
        Arguments.of("random 0.0001 per-channel", Mask.random(1e-4).eachChannel()),
        Arguments.of("random 0.3 fill 1", Mask.random(0.3).filled(Fill.constant(1))),
        Arguments.of(
            "random 0.3 fixed per-channel filter blur 3",
            Mask.random(0.3).fixed().eachChannel().filled(Fill.blur(3))),
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
        Arguments.of("learned 0.001 per-channel", LearnedMask.of(0.001).eachChannel()),
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
  void aTextMeansAPartAndComesBack(String text, Defense defense) {
    assertEquals(defense, read(text));
    assertEquals(text, defense.toString());
    assertEquals(text, Settings.text(defense), "as results and captions have it");
    String inFull = Defenses.REGISTRY.text(defense);
    assertEquals(defense, read(inFull), inFull);
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
    assertEquals(read(plain), read(text));
    assertEquals(plain, read(text).toString());
  }

  private static Defense read(String text) {
    return Settings.parse(Defense.class, text);
  }

  @Test
  void defensesAreAListAndComeBack() {
    List<Defense> both = List.of(AdversarialTraining.pgd(0.2), Mask.random(0.3));
    assertEquals("adv-pgd 0.2; random 0.3", Settings.text(both));
    assertEquals(both, Halves.defenses(" adv-pgd   0.2 ;random 0.30"));
    assertEquals("none", Settings.text(List.of()));
    assertEquals(List.of(), Halves.defenses("none"));
    assertEquals(List.of(), Halves.defenses(" "));
  }

  @Test
  void settingsAreNamedInResults() {
    Map<String, Object> mask = Defenses.REGISTRY.settings(read("random 0.3 exact fixed fill 1"));
    assertEquals("mask", mask.get("name"));
    assertEquals(Map.of("name", "random", "ratio", 0.3, "exact", true), mask.get("region"));
    assertEquals(Map.of("name", "constant", "value", 1.0), mask.get("fill"));
    assertEquals("fixed", mask.get("vary"));
    assertEquals(false, mask.get("per_channel"));
    Map<String, Object> training = Defenses.REGISTRY.settings(read("adv-pgd 0.2"));
    assertEquals(800, training.get("warmup"));
    assertEquals(0.05, ((Map<?, ?>) training.get("attack")).get("step_size"));
  }

  @ParameterizedTest
  @CsvSource({
    "mask region=random(0.3 exact) vary=fixed, random 0.3 exact fixed",
    "mask random(0.3) fill=blur(3), random 0.3 filter blur 3",
    "'mask {region: rectangle {top: 4, left: 5, height: 8, width: 9}}', rectangle 4 5 8 9",
    "random(0.3), random 0.3",
    "adv_pgd(8/255), adv-pgd 0.03137254901960784",
    "gradient rule=noise(0.01) layer=3, noise 0.01 @3",
    "gradient noise 0.01 @3, noise 0.01 @3",
    "learned_mask lambda=0.001 per_channel=true, learned 0.001 per-channel",
    "moving_average 0.9, average 0.9",
    "adversarial_training attack=fgsm(eps=0.1), adv-fgsm 0.1",
    "adversarial_training pgd(8/255) steps=7 warmup 200 clean, adversarial_training"
        + " attack=pgd(eps=0.03137254901960784 steps=7) warmup=200 clean=true"
  })
  void whatIsWrittenInFullIsShownInShort(String text, String shown) {
    assertEquals(shown, Settings.text(read(text)));
    assertEquals(read(shown), read(text));
  }

  @ParameterizedTest
  @CsvSource({
    "rndom 0.3, there is no defense 'rndom'",
    "'', expects the name of a defense",
    "random, random: the setting 'ratio' is missing",
    "random x, 'ratio: expects a number, as 0.03 or 8/255, is ''x'''",
    "adv-pgd 8/0, 'eps: expects a number, as 0.03 or 8/255, is ''8/0'''",
    "adv-pgd 8/255/2, is '8/255/2'",
    "quantise 8/2, 'levels: expects a whole number, is ''8/2'''",
    "random 1.5, ratio: 1.5: must be in 0..1",
    "random NaN, ratio: NaN: must be in 0..1",
    "random 0.3 0.4, '0.4' is one word too many",
    "random 0.3 fill, 'value: expects a number'",
    "random 0.3 fill NaN, must be a finite number",
    "rectangle 4 4 8, the setting 'width' is missing",
    "rectangle 4 4 8 0, must be 1 x 1 or larger",
    "rectangle -1 4 8 8, both must be 0 or more",
    "rectangle 4 4 8 8 per-channel, per-channel says nothing",
    "filter blur 4, must be odd",
    "filter 1 2 3 4, must be k x k with an odd k",
    "filter, expects the name of a fill",
    "learned -1, must be 0 or more",
    "adv-pgd, the setting 'eps' is missing",
    "adv-pgd 0.3 warmup 0, must be 1 or more",
    "noise 0, must be more than 0",
    "noise 0.01 3, '3' is one word too many",
    "clip-norm Infinity, must be more than 0",
    "average 1, 'must be in [0, 1)'",
    "average 0.9 @3, '@3' is one word too many",
    "smooth 2, must be odd",
    "zero 1, 'must be in [0, 1)'",
    "quantise 0, must be 1 or more",
    "quantise 2.5, is '2.5'"
  })
  void aWrongTextIsExplained(String text, String said) {
    String message = assertThrows(SettingsException.class, () -> read(text)).getMessage();
    assertTrue(message.startsWith("'" + text + "': "), message);
    assertTrue(message.contains(said), message);
  }

  @Test
  void aMaskCannotLearnFromImagesOfALaterAttack() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Halves.hooks(
                        "learned 0.001; noise 0.1; adv-fgsm 0.1", Halves.model(), Halves.IMAGE, 1))
            .getMessage();
    assertTrue(message.contains("put the mask behind the attack"), message);
  }
}
