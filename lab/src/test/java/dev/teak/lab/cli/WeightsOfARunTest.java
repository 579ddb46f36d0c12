package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.nn.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an experiment leaves, attacked from the command line. */
class WeightsOfARunTest extends Calls {
  private static final String EXPERIMENT =
      """
      name: five
      data: synthetic
      images: {train: 600, validation: 20, test: 40}
      seeds: [1]
      training: {epochs: 3, batch: 20}
      grid:
      - models: [mlp]
        defenses:
        - none
        - unused_nodes fraction=0.3
        - consistent_mask random(0.3 fixed)
        - noise 0.001; consistent_mask random(0.3 fixed)
        - feature_squeezing false_positive_rate=0.2
      measures: [clean]
      """;

  private static final String ATTACK = "attack --attack pgd(steps=5) --eps 0.1 --data synthetic";

  @Test
  void everyModelIsAttackedAsTheRunMeasuredIt() throws IOException {
    Files.writeString(folder.resolve("five.yaml"), EXPERIMENT);
    assertEquals(0, teak("run DIR/five.yaml --device java --out DIR/run"), err.toString());
    List<Double> measured = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("run/results.jsonl"))) {
      JsonNode clean = new ObjectMapper().readTree(line).at("/measures/clean/figures/accuracy");
      measured.add(clean.get("value").asDouble());
    }
    List<Double> attacked = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("run/weights"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        String call = ATTACK + " --device java --limit 40 --json DIR/a.json --weights ";
        assertEquals(0, teak(call + file), err.toString());
        attacked.add(json("a.json").get("clean_accuracy").asDouble());
      }
    }
    Collections.sort(measured);
    Collections.sort(attacked);
    assertEquals(5, measured.size());
    assertEquals(measured, attacked);
  }

  private float[] images(String more) throws IOException {
    String call = ATTACK + " --limit 20 --weights DIR/m.safetensors --save-adversarial DIR/a.npz";
    assertEquals(0, teak(call + " --json DIR/a.json" + more), err.toString());
    return Npz.read(folder.resolve("a.npz")).get("images").toFloats();
  }

  @Test
  void aDefenseIsAttackedAsItSaysUnlessTheAttackIsNaive() throws IOException {
    String train =
        "train --data synthetic --model mlp --epochs 2 --limit 1000 --test-limit 20"
            + " --defense unused_nodes(fraction=0.5) --out DIR/m.safetensors";
    assertEquals(0, teak(train), err.toString());
    float[] knowing = images("");
    assertEquals(false, json("a.json").get("naive").asBoolean());
    assertArrayEquals(knowing, images(""));
    assertFalse(Arrays.equals(knowing, images(" --naive")), "it follows the same gradient");
    assertEquals(true, json("a.json").get("naive").asBoolean());
  }

  @Test
  void aDetectorIsLearnedKeptAndAttackedWithTheModel() throws IOException {
    String train =
        "train --data synthetic --model mlp --epochs 2 --limit 1000 --test-limit 20"
            + " --defense feature_squeezing(false_positive_rate=0.2) --out DIR/m.safetensors";
    assertEquals(0, teak(train), err.toString());
    assertTrue(out.toString().contains("a detector stands beside the model"), out.toString());
    String call = ATTACK + " --limit 100 --weights DIR/m.safetensors --save-adversarial DIR/a.npz";
    assertEquals(0, teak(call + " --json DIR/a.json"), err.toString());
    assertTrue(err.toString().contains("is attacked with it"), err.toString());
    double detected = json("a.json").get("detected").asDouble();
    assertTrue(detected > 0, "a fifth of the training images is");
    int[] said = Npz.read(folder.resolve("a.npz")).get("clean_predictions").toInts();
    assertEquals(detected, Arrays.stream(said).filter(p -> p == -2).count() / 100.0);
    assertEquals(0, Arrays.stream(said).filter(p -> p > 9 || p == -1).count());
    String evaluate =
        "evaluate --threat linf:0.1 --protocol quick --check-images 4 --data synthetic --limit 100";
    String weights = " --weights DIR/m.safetensors --json DIR/e.json";
    assertEquals(0, teak(evaluate + weights), err.toString());
    assertEquals(detected, json("e.json").get("detected").asDouble());
  }

  @Test
  void aModelThatAnswersWithProbabilitiesIsWarnedOf() {
    String train =
        "train --data synthetic --epochs 1 --limit 100 --test-limit 20 --out DIR/m.safetensors";
    List<String> call =
        new ArrayList<>(List.of(train.replace("DIR", folder.toString()).split(" ")));
    call.addAll(List.of("--model", "flatten; linear 10; softmax"));
    assertEquals(0, teak(call.toArray(String[]::new)), err.toString());
    assertEquals(0, teak(ATTACK + " --limit 20 --weights DIR/m.safetensors"), err.toString());
    assertEquals(1, err.toString().lines().filter(l -> l.contains("take the softmax off")).count());
  }
}
