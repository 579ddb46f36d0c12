package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands as a user calls them, on a few synthetic digits. */
class CommandLineTest extends Calls {
  @Test
  void trainAndAttackWriteWhatTheyFound() throws IOException {
    assertEquals(
        0,
        teak(
            "train --data synthetic --model cnn --epochs 1 --limit 400 --batch 50 --device java"
                + " --out DIR/m.safetensors --json DIR/train.json"),
        err.toString());
    JsonNode train = json("train.json");
    assertEquals(50186, train.get("parameters").asInt());
    assertEquals("java", train.get("device").asText());
    assertEquals(1, train.get("epochs").size());
    for (String key : new String[] {"loss", "train_accuracy", "validation_accuracy", "seconds"}) {
      assertTrue(train.get("epochs").get(0).get(key).isNumber(), key);
    }
    assertEquals(
        0,
        teak(
            "attack --data synthetic --weights DIR/m.safetensors --attack pgd --eps 0.1 --steps 3"
                + " --limit 40 --json DIR/attack.json"),
        err.toString());
    JsonNode attack = json("attack.json");
    assertEquals(40, attack.get("images").asInt());
    assertTrue(attack.get("max_linf").asDouble() <= 0.1);
    assertTrue(attack.get("robust_accuracy").asDouble() <= attack.get("clean_accuracy").asDouble());
    assertEquals(3, attack.get("attack").get("steps").asInt());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(4, left.count(), "only weights, metrics and two results must be left");
    }
  }

  @Test
  void aTargetedAttackSaysOfHowManyImagesItSpeaks() throws IOException {
    train();
    String call =
        "attack --data synthetic --weights DIR/m.safetensors --attack pgd --eps 0 --targeted 3"
            + " --limit 40 --json DIR/attack.json";
    assertEquals(0, teak(call), err.toString());
    JsonNode attack = json("attack.json");
    int aimed = attack.get("aimed").asInt();
    assertTrue(aimed > 0 && aimed < 40, "aimed at " + aimed);
    assertTrue(out.toString().contains("of the " + aimed + " that are not of class 3"));
    // Without a change, what counts can only be images that are wrong as they are.
    double wrong = 40 * (1 - attack.get("clean_accuracy").asDouble());
    assertTrue(attack.get("success_rate").asDouble() * aimed <= wrong + 1e-9);
  }

  @Test
  void oneSeedGivesTheSameBytesAndAnotherDoesNot() throws IOException {
    String call = "train --data synthetic --model mlp --epochs 1 --limit 600 --seed ";
    assertEquals(0, teak(call + "3 --out DIR/a.safetensors"));
    assertEquals(0, teak(call + "3 --out DIR/b.safetensors"));
    assertEquals(0, teak(call + "4 --out DIR/c.safetensors"));
    byte[] a = Files.readAllBytes(folder.resolve("a.safetensors"));
    assertArrayEquals(a, Files.readAllBytes(folder.resolve("b.safetensors")));
    assertFalse(Arrays.equals(a, Files.readAllBytes(folder.resolve("c.safetensors"))));
  }

  @Test
  void aDefenseIsAListOfParts() throws IOException {
    String[] call = {
      "train",
      "--data",
      "synthetic",
      "--model",
      "mlp",
      "--epochs",
      "1",
      "--limit",
      "600",
      "--defense",
      "adv-fgsm 0.1; random 0.3 fixed",
      "--defense",
      "learned 0.001",
      "--out",
      folder.resolve("x").toString(),
      "--json",
      folder.resolve("x.json").toString()
    };
    assertEquals(0, teak(call), err.toString());
    assertEquals(
        "adv-fgsm 0.1; random 0.3 fixed; learned 0.001", json("x.json").get("defense").asText());
    double kept = json("x.json").get("epochs").get(0).get("effective_dimension").asDouble();
    assertTrue(kept > 0 && kept < 784, "kept " + kept);
    String said = "effective dimension " + String.format(Locale.ROOT, "%.4f", kept);
    assertTrue(out.toString().contains(said), out.toString());
  }

  @Test
  void aDefenseThatDoesNotFitTheModelIsAWrongCall() {
    int status =
        teak(
            "train",
            "--data",
            "synthetic",
            "--model",
            "mlp",
            "--limit",
            "60",
            "--defense",
            "noise 0.1 @conv",
            "--out",
            folder.resolve("x").toString());
    assertOneLine(status, 2, "there is no part 'conv'; the parts are [, 0, 1,");
  }

  @Test
  void allThatCanBeNamedIsListedWithItsSettings() throws IOException {
    assertEquals(0, teak("list --json DIR/list.json"), err.toString());
    JsonNode kinds = json("list.json");
    assertEquals(12, kinds.size());
    for (JsonNode kind : kinds) {
      assertTrue(kind.size() >= 2, kind.toString());
      for (JsonNode each : kind) {
        String name = each.get("name").asText();
        assertTrue(out.toString().contains("  " + name + " "), name);
        assertFalse(each.get("summary").asText().isBlank(), name);
      }
    }
    out.getBuffer().setLength(0);
    assertEquals(0, teak("list defenses"));
    assertTrue(out.toString().startsWith("defenses:\n"), out.toString());
    assertTrue(out.toString().contains("temperature=20"), out.toString());
    assertFalse(out.toString().contains("resnet18"), "other kinds were not asked for");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train --data nowhere --model cnn --out DIR/x|there is no data set 'nowhere'",
        "train --data synthetic --model vgg --out DIR/x|--model 'vgg': there is no model 'vgg'",
        "train --data synthetic --model mlp --epochs -1 --out DIR/x|--epochs -1: must be 0 or more",
        "train --data synthetic --model mlp --lr -1 --out DIR/x|--lr -1.0: must be 0 or more",
        "train --data synthetic --model mlp --defense adv-pgd --out DIR/x|the setting 'eps' is missing",
        "train --data synthetic --model mlp --defense smooth --out DIR/x|the setting 'size' is missing",
        "train --data synthetic --model mlp --defense vast --out DIR/x|--defense 'vast': there is no defense 'vast'",
        "train --data synthetic --model mlp --defense distillation(tempreature=3) --out DIR/x|did you mean 'temperature'",
        "train --data synthetic --model mlp --defense distillation --out DIR/x|there is no teacher to learn from",
        "train --data synthetic --model mlp --teacher DIR/t --out DIR/x|--teacher DIR/t: there is no such file",
        "train --data synthetic --model mlp --start DIR/t --out DIR/x|there is no such file",
        "train --data synthetic --model mlp --freeze last --limit 60 --out DIR/x|'last'",
        "train --data synthetic --model mlp --optimizer adma --out DIR/x|did you mean 'adam'",
        "train --data synthetic --model mlp --optimizer sgd(lr=1) --lr 1 --out DIR/x|the setting 'lr' comes twice",
        "train --data synthetic --model mlp --schedule cosign --out DIR/x|did you mean 'cosine'",
        "train --data synthetic --model mlp --augment flop --out DIR/x|did you mean 'flip'",
        "train --data synthetic --model mlp --keep bets --out DIR/x|did you mean 'best'",
        "train --data synthetic --model mlp --average 2 --out DIR/x|--average: 2.0: must be above 0 and below 1",
        "train --data synthetic --model mlp --clip 0 --out DIR/x|--clip: 0.0: must be above 0",
        "train --data synthetic --model mlp --judge pgd(0.1) --judge pgd(0.2) --out DIR/x|two give the"
            + " figure 'pgd'",
        "train --data synthetic --model mlp --judge pgd --out DIR/x|the setting 'eps' is missing",
        "train --data synthetic --model mlp --phase DIR/p.yaml --out DIR/x|there is no such file",
        "train --data synthetic --model conv(16,4);flatten --resume --overwrite --out DIR/x|give one of them",
        "train --data synthetic --modle mlp --out DIR/x|Unknown option: '--modle', did you mean '--model'",
        "train --data synthetic --model mlp --test-limit 0 --out DIR/x|--test-limit 0: must be 1 or more",
        "trian --data synthetic|there is no command 'trian', did you mean 'train'",
        "list defences|there is no kind 'defences'; choose models, autoencoders, layers, defenses",
        "train --data synthetic --model mlp --out DIR/no/x|does not exist",
        "train --data synthetic --model mlp --out DIR|is a folder",
        "train --data synthetic --model mlp --out ~ann/x|'~ann/x' begins with another user's home",
        "train --data synthetic --model mlp --out DIR/x --json=~ann/x|another user's home",
        "data list --data-dir=~ann|another user's home",
        "attack --data synthetic --weights=~ann/x --attack pgd|another user's home",
        "attack --data synthetic --weights DIR/x --attack transfer --source ~ann|another user's home",
        "evaluate --data synthetic --weights DIR/x --threat linf:1 --state ~ann|another user's home",
        "run ~ann/x.yaml|another user's home",
        "train --data synthetic --model mlp --shiny --out DIR/x|Unknown option: '--shiny'",
        "train --data synthetic --model mlp|Missing required option: '--out",
        "train --data synthetic --model mlp --device tpu --out DIR/x|device 'tpu' is not known",
        "attack --data synthetic --weights DIR/x --attack pgd --eps -0.1|--eps -0.1: must be 0",
        "attack --data synthetic --weights DIR/x --attack pgd --eps NaN|--eps NaN: must be 0",
        "attack --data synthetic --weights DIR/x --attack pgd --eps 8/0|'8/0' is no number; expects one as 0.03 or 8/255",
        "attack --data synthetic --weights DIR/x --attack pgd --eps 8/255/2|'8/255/2' is no number",
        "attack --data synthetic --weights DIR/x --attack pgd --step-size 1/0|step_size '1/0': expects a number",
        "train --data synthetic --model mlp --lr 1/x --out DIR/x|'1/x' is no number",
        "train --data synthetic --model mlp --epochs 4/2 --out DIR/x|'4/2' is not an int",
        "evaluate --data synthetic --weights DIR/x --threat linf:8/0|expects a norm and an epsilon",
        "attack --data synthetic --weights DIR/x --attack pgd|there is no such file",
        "attack --data synthetic --weights DIR/x --attack cww|there is no attack 'cww', did you mean 'cw'",
        "attack --data synthetic --weights DIR/x --attack pgd(stesp=3)|did you mean 'steps'",
        "attack --data synthetic --weights DIR/x --attack pgd --attack fgsm --save-adversarial DIR/a.npz|is of one attack",
        "evaluate --data synthetic --weights DIR/x --threat linf:1 --state DIR/s --save-adversarial DIR/a.npz|give one of them",
        "attack --data synthetic --weights DIR/x --attack fgsm --steps 3|fgsm has no setting 'steps'; it has loss",
        "attack --data synthetic --weights DIR/x --attack pgd --param a=1|pgd has no setting 'a'",
        "attack --data synthetic --weights DIR/x --attack pgd --param steps=x|expects a whole number",
        "attack --data synthetic --weights DIR/x --attack cw --norm linf|cw is not defined in linf",
        "attack --weights DIR/x --attack pgd|Missing required option: '--data",
        "evaluate --data synthetic --weights DIR/x|Missing required option: '--threat",
        "evaluate --data synthetic --weights DIR/x --threat linf:0.3|there is no such file",
        "evaluate --data synthetic --weights DIR/x --threat linf|expects a norm and an epsilon",
        "evaluate --data synthetic --weights DIR/x --threat linf:1 --protocol p|there is no protocol",
        "gradcheck --op nosuch|there is no op 'nosuch'",
        "explain --model nosuch|there is no model 'nosuch'",
        "explain --batch 1|--batch",
        "data get nosuch|cannot be fetched; choose mnist, fashion, cifar10",
        "data|list, get or verify",
        "devices --json DIR/no/x.json|does not exist",
        "fly|there is no command 'fly'",
      })
  void aWrongCallIsOneLineAndStatusTwo(String example) throws IOException {
    String[] parts = example.split("\\|");
    assertOneLine(teak(parts[0]), 2, parts[1].replace("DIR", folder.toString()));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count(), "nothing must be written");
    }
  }

  @Test
  void missingDataSayHowToGetThem() {
    int status = teak("train --data mnist --model cnn --data-dir DIR/none --out DIR/x");
    assertOneLine(status, 1, "'teak data get mnist' fetches it");
  }

  @Test
  void damagedDataAreNamed() throws IOException {
    Files.createDirectories(folder.resolve("mnist"));
    for (String f :
        new String[] {
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte"
        }) {
      Files.write(folder.resolve("mnist").resolve(f), new byte[] {0, 0, 8, 3, 0});
    }
    int status = teak("train --data mnist --model cnn --data-dir DIR --out DIR/x");
    assertOneLine(status, 1, "train-images-idx3-ubyte");
  }

  @Test
  void damagedAndForeignWeightsAreNamedAndLeftAlone() throws IOException {
    Path weights = folder.resolve("m.safetensors");
    train();
    byte[] good = Files.readAllBytes(weights);
    byte[] cut = Arrays.copyOf(good, good.length / 2);
    Files.write(weights, cut);
    String attack = "attack --data synthetic --weights DIR/m.safetensors --attack fgsm --limit 4";
    assertOneLine(teak(attack), 1, "m.safetensors");
    assertArrayEquals(cut, Files.readAllBytes(weights));
    err.getBuffer().setLength(0);
    Files.writeString(weights, "not weights at all, but a text");
    assertOneLine(teak(attack), 1, "m.safetensors");
  }

  @Test
  void aClassThatIsNotThereIsAWrongCall() {
    train();
    int status =
        teak("attack --data synthetic --weights DIR/m.safetensors --attack fgsm --targeted 10");
    assertOneLine(status, 2, "--targeted 10: synthetic has classes 0..9");
  }

  @Test
  void gradcheckPassesForAnOpAndWritesItsRows() throws IOException {
    assertEquals(0, teak("gradcheck --op conv2d --json DIR/g.json"), err.toString());
    JsonNode rows = json("g.json").get("rows");
    List<String> checked = new ArrayList<>();
    for (JsonNode row : rows) {
      checked.add(row.get("backend").asText() + " " + row.get("order").asInt());
      assertTrue(row.get("passed").asBoolean());
      assertTrue(row.get("exempt").isNull());
      assertTrue(row.get("max_error").asDouble() > 0, "an error of nothing was not measured");
    }
    assertEquals(List.of("reference 1", "reference 2", "java 1", "java 2"), checked.subList(0, 4));
    assertEquals(0, teak("gradcheck --op conv2d --device java"), err.toString());
  }

  @Test
  void gradcheckSaysWhyAnOpIsExempt() throws IOException {
    assertEquals(0, teak("gradcheck --op gt --json DIR/g.json"), err.toString());
    for (JsonNode row : json("g.json").get("rows")) {
      assertTrue(row.get("exempt").asText().startsWith("none: it is constant"), row.toString());
    }
    assertTrue(out.toString().contains("exempt from gradients: none"), out.toString());
  }

  @Test
  void explainWritesAPageAGraphAndWhatTheyShow() throws IOException {
    String call = "explain --data synthetic --model cnn --batch 4 --out DIR/e --json DIR/e.json";
    assertEquals(0, teak(call), err.toString());
    assertTrue(out.toString().contains("50,186"), out.toString());
    assertTrue(Files.readString(folder.resolve("e/cnn.html")).startsWith("<!DOCTYPE html>"));
    assertTrue(Files.readString(folder.resolve("e/cnn.dot")).startsWith("digraph"));
    JsonNode trace = json("e.json").get("trace");
    JsonNode first = trace.get("vertices").get(1);
    assertEquals("[4,14,14,32]", first.get("shape").toString());
    assertEquals(320, first.get("parameters").asInt());
    assertTrue(first.get("activation").get("mean").isNumber(), first.toString());
    assertEquals(8, trace.get("steps").size());
    assertEquals("images", trace.get("steps").get(7).get("outgoing").get(0).get("of").asText());
  }

  @Test
  void explainPrintsTheOpTable() {
    assertEquals(0, teak("explain --ops"), err.toString());
    assertTrue(out.toString().startsWith("# The op table"), out.toString());
  }

  @Test
  void devicesNameTheDefault() {
    assertEquals(0, teak("devices"));
    assertTrue(out.toString().contains("reference"), out.toString());
    assertTrue(out.toString().contains("*"), out.toString());
  }

  @Test
  void theTestImagesHaveALimitOfTheirOwn() throws IOException {
    String call =
        "train --data synthetic --model mlp --epochs 1 --limit 60 --test-limit 50"
            + " --out DIR/m.safetensors --json DIR/t.json";
    assertEquals(0, teak(call), err.toString());
    assertEquals(50, json("t.json").get("test_images").asInt());
    assertTrue(out.toString().contains("of 50 images"), out.toString());
  }
}
