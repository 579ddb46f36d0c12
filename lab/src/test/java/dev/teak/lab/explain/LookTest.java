package dev.teak.lab.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Victim;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.attribution.Attribution;
import dev.teak.nn.attribution.Attributions;
import dev.teak.nn.attribution.IntegratedGradients;
import dev.teak.nn.attribution.Saliency;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found of an image, of a model whose numbers are known, and the page that shows it. */
class LookTest {
  private static final Shape IMAGE = Shape.of(2, 2, 1);
  private static final float[] PIXELS = {0.25f, 0.5f, 0.75f, 0.5f};

  /** Of two logits: 2 a + b - c - d, less 0.5, and 0. */
  private static final double[] WEIGHTS = {2, 1, -1, -1, 0, 0, 0, 0};

  private static final List<Attribution> METHODS =
      List.of(new IntegratedGradients(1, 0), new Saliency());

  private Devices.Use use;

  @BeforeEach
  void open() {
    use = Devices.use("reference");
  }

  @AfterEach
  void close() {
    use.close();
  }

  private static Module model() {
    Linear linear = new Linear(4, 2, new RandomStream(1, "init"));
    linear.loadStateDict(
        Map.of("weight", Tensor.of(WEIGHTS, 2, 4), "bias", Tensor.of(new double[] {0.5, 0}, 2)));
    return new Sequential(Layers.flatten(), linear);
  }

  private static Look look(Attack attack, Integer label, Integer target) {
    Module model = model();
    return Look.at(model, Victim.of(model), attack, PIXELS, IMAGE, label, target, METHODS);
  }

  @Test
  void withoutAnAttackItLooksForItsOwnAnswer() {
    Look look = look(null, null, null);
    assertEquals(0, look.before().prediction());
    double first = 1 / (1 + Math.exp(-0.25)); // logits 0.25 and 0
    assertArrayEquals(new double[] {first, 1 - first}, look.before().probabilities(), 1e-12);
    assertNull(look.after());
    assertEquals(1, look.views().size());
    assertEquals(0, look.views().get(0).target());
    assertArrayEquals(
        new float[] {0.5f, 0.5f, -0.75f, -0.5f}, look.views().get(0).maps().get(0), 1e-6f);
    assertEquals(List.of(0, 1), look.likely(5));
  }

  /** One step of 0.25 against the weights' signs takes 1.25 from the logit: the answer turns. */
  @Test
  void afterAnAttackItLooksForTheSameClassAndForTheNewOne() {
    Look look = look(Fgsm.linf(0.25), null, null);
    assertArrayEquals(new float[] {0, 0.25f, 1, 0.75f}, look.after().pixels(), 1e-6f);
    assertEquals(0.25, look.change(), 1e-6);
    assertEquals(1, look.after().prediction());
    assertEquals(List.of(0, 0, 1), look.views().stream().map(Look.View::target).toList());
    assertArrayEquals(new float[] {0, 0.25f, -1, -0.75f}, look.views().get(1).maps().get(0), 1e-6f);
    // Ranks 3.5, 3.5, 1, 2 and 3, 4, 1, 2: a covariance of 4.5 by spreads of 4.5 and 5.
    assertEquals(4.5 / Math.sqrt(4.5 * 5), look.rankCorrelation(0, 1), 1e-9);
    assertTrue(look.isEmpty(1, 2), "the second logit has no weights");
    assertFalse(look.isEmpty(1, 1));
    assertTrue(Double.isNaN(look.rankCorrelation(1, 2)));
  }

  @Test
  void aTrueClassThatItMissesIsWhatAnAttackMovesFrom() {
    Look look = look(Fgsm.linf(0.25), 1, 0);
    assertTrue(look.after().probabilities()[1] < look.before().probabilities()[1]);
    assertEquals(List.of(0, 0), look.views().stream().map(Look.View::target).toList());
  }

  @Test
  void thePageAsksNobodyForAnythingAndHasEveryPicture() {
    List<Attribution> methods = List.of(Attributions.parse("saliency"), new Saliency());
    List<String> classes = List.of("a <b>", "c");
    for (Attack attack : new Attack[] {null, Fgsm.linf(0.25)}) {
      Look look = look(attack, null, null);
      LookPage.Entry entry = new LookPage.Entry("x <y>.png", "2 x 2", look);
      String page = LookPage.html("title", Map.of("model", "m"), methods, classes, List.of(entry));
      assertTrue(page.contains("x &lt;y&gt;.png") && page.contains("a &lt;b&gt;"), "escaped");
      int views = look.views().size() * methods.size();
      int images = attack == null ? 1 : 3;
      assertEquals(views + images, page.split("<img ", -1).length - 1);
      assertFalse(
          Pattern.compile("(src|href)=\"(?!#|data:)|url\\(|@import|https?://").matcher(page).find(),
          "a self-contained page has no address in it");
      assertEquals(attack != null, page.contains("0 everywhere"));
    }
  }
}
