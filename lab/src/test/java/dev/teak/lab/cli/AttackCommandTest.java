package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the commands that attack leave, and on what data and models. */
class AttackCommandTest extends Calls {
  @Test
  void severalAttacksAreComparedOnTheSameImages() throws IOException {
    train();
    String call =
        "attack --data synthetic --weights DIR/m.safetensors --limit 30 --eps 0.1"
            + " --attack fgsm --attack pgd(steps=3) --json DIR/a.json";
    assertEquals(0, teak(call), err.toString());
    JsonNode a = json("a.json");
    assertEquals(2, a.get("attacks").size());
    assertEquals(3, a.get("attacks").get(1).get("attack").get("steps").asInt());
    for (JsonNode each : a.get("attacks")) {
      assertEquals(30, each.get("images").asInt());
      assertEquals(a.get("clean_accuracy"), each.get("clean_accuracy"));
      assertEquals(0.1, each.get("attack").get("eps").asDouble());
    }
    String table = out.toString();
    for (String row : new String[] {"none", "fgsm", "pgd"}) {
      assertTrue(table.lines().anyMatch(l -> l.matches(row + " +30 .*%.*")), table);
    }
  }

  private Map<String, Tensor> adversarial() throws IOException {
    return Npz.read(folder.resolve("a.npz"));
  }

  @Test
  void adversarialImagesAreKeptForNumpy() throws IOException {
    train();
    String subject = " --data synthetic --weights DIR/m.safetensors --limit 30 --json DIR/a.json";
    String save = " --save-adversarial DIR/a.npz";
    assertEquals(
        0, teak("attack --attack pgd(steps=5) --eps 0.2" + save + subject), err.toString());
    Map<String, Tensor> attacked = adversarial();
    assertEquals(
        List.of("images", "labels", "clean_predictions", "predictions", "distances"),
        List.copyOf(attacked.keySet()));
    assertEquals(Shape.of(30, 28, 28, 1), attacked.get("images").shape());
    assertFigures(attacked);
    float most = 0;
    for (float d : attacked.get("distances").toFloats()) {
      most = Math.max(most, d);
    }
    assertEquals((float) json("a.json").get("max_linf").asDouble(), most);

    String evaluate = "evaluate --threat linf:0.2 --protocol quick --check-images 4";
    assertEquals(0, teak(evaluate + save + subject), err.toString());
    assertFigures(adversarial());
  }

  /** Accuracies as the results have them. */
  private void assertFigures(Map<String, Tensor> arrays) throws IOException {
    int[] labels = arrays.get("labels").toInts();
    int[] clean = arrays.get("clean_predictions").toInts();
    int[] after = arrays.get("predictions").toInts();
    int right = 0;
    int robust = 0;
    for (int i = 0; i < labels.length; i++) {
      right += clean[i] == labels[i] ? 1 : 0;
      robust += clean[i] == labels[i] && after[i] == labels[i] ? 1 : 0;
    }
    assertEquals(json("a.json").get("clean_accuracy").asDouble(), right / 30.0);
    assertEquals(json("a.json").get("robust_accuracy").asDouble(), robust / 30.0);
  }

  @Test
  void weightsOfAnotherModelOrOfOtherImagesAreRefused() throws IOException {
    train();
    Path npz = folder.resolve("two.npz");
    twoClasses(npz);
    String two = "--data npz:DIR/two.npz";
    assertOneLine(
        teak("attack " + two + " --weights DIR/m.safetensors --attack fgsm"),
        1,
        "is for images [28, 28, 1], these are [4, 4, 1]");
    err.getBuffer().setLength(0);
    String teacher = "train " + two + " --model mlp --defense distillation --out DIR/x --teacher ";
    assertOneLine(
        teak(teacher + "DIR/m.safetensors"),
        1,
        "m.safetensors: is for images [28, 28, 1], these are [4, 4, 1]");
    err.getBuffer().setLength(0);
    String start = "train --data synthetic --limit 60 --model cnn --out DIR/x --start ";
    assertOneLine(teak(start + "DIR/m.safetensors"), 2, "the weights do not fit");
  }

  /** Forty images of 4 x 4, of which those of the second class are bright. */
  private static void twoClasses(Path file) throws IOException {
    int[] labels = new int[40];
    float[] pixels = new float[40 * 16];
    for (int i = 0; i < 40; i++) {
      labels[i] = i % 2;
      Arrays.fill(pixels, 16 * i, 16 * (i + 1), (i % 2 == 0 ? 0.1f : 0.7f) + i * 0.005f);
    }
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      arrays.put("images", Tensor.of(pixels, 40, 4, 4, 1));
      arrays.put("labels", Tensor.ofInts(labels, 40));
      Npz.write(file, arrays);
    }
  }

  @Test
  void aSetOfTwoClassesIsTrainedOnAndAttacked() throws IOException {
    twoClasses(folder.resolve("two.npz"));
    String two = " --data npz:DIR/two.npz";
    String train = "train --model mlp --epochs 40 --batch 8 --json DIR/t.json --out DIR/x" + two;
    assertEquals(0, teak(train), err.toString());
    assertEquals(1.0, json("t.json").get("test_accuracy").asDouble());
    assertEquals(8, json("t.json").get("test_images").asInt());
    String attack = " --weights DIR/x --json DIR/a.json";
    assertEquals(0, teak("attack --attack pgd --eps 0.5" + attack + two), err.toString());
    assertTrue(json("a.json").get("robust_accuracy").asDouble() < 1);
    String evaluate = "evaluate --threat linf:0.05 --check-images 2" + attack + two;
    assertEquals(0, teak(evaluate), err.toString());
    assertEquals(1.0, json("a.json").get("clean_accuracy").asDouble());
  }
}
