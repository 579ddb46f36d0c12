package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluateCommandTest extends Calls {
  private static final String CALL =
      "evaluate --data synthetic --weights DIR/m.safetensors --threat linf:0.1 --protocol quick"
          + " --limit 30 --check-images 10";

  /** A model that is right on most digits. */
  @Override
  void train() {
    String call =
        "train --data synthetic --model mlp --epochs 4 --limit 2000 --out DIR/m.safetensors";
    assertEquals(0, teak(call), err.toString());
  }

  @Test
  void theResultHasTheFiguresAndTenChecks() throws IOException {
    train();
    int status = teak(CALL + " --source DIR/m.safetensors --json DIR/e.json");
    assertEquals(0, status, err.toString());
    JsonNode e = json("e.json");
    assertEquals(30, e.get("images").asInt());
    double clean = e.get("clean_accuracy").asDouble();
    double robust = e.get("robust_accuracy").asDouble();
    assertTrue(robust <= clean);
    assertTrue(e.get("interval").get(0).asDouble() <= robust);
    assertTrue(e.get("interval").get(1).asDouble() >= robust);
    JsonNode pgd = e.get("attacks").get(1);
    assertEquals("pgd", pgd.get("name").asText());
    assertTrue(pgd.get("robust_accuracy").asDouble() >= robust);
    assertTrue(pgd.get("seconds").isNumber());
    assertEquals(Math.round(30 * clean) * 40, pgd.get("gradients").asInt());
    assertTrue(pgd.get("forwards").asInt() > pgd.get("gradients").asInt());
    for (int i = 0; i < 10; i++) {
      JsonNode check = e.get("checks").get(i);
      assertEquals(i + 1, check.get("number").asInt());
      assertTrue(check.get("name").isTextual() && check.get("value").isNumber());
      assertTrue(List.of("pass", "fail").contains(check.get("verdict").asText()));
    }
    assertTrue(out.toString().contains("signs of masked gradients"), out.toString());
  }

  private ObjectNode evaluated(String more, String file) throws IOException {
    assertEquals(0, teak(CALL + more + " --json DIR/" + file), err.toString());
    ObjectNode result = (ObjectNode) json(file);
    result.remove("seconds");
    return result;
  }

  @Test
  void aKilledEvaluationGoesOnFromItsState() throws IOException {
    train();
    String more = " --batch 8 --state DIR/state";
    JsonNode once = evaluated(more, "once.json");
    Path state = folder.resolve("state");
    List<String> lines = Files.readAllLines(state);
    // As a kill leaves it: a line or two, and a part of the next.
    String cut = lines.get(3).substring(0, lines.get(3).length() / 2);
    Files.writeString(state, String.join("\n", lines.subList(0, 3)) + "\n" + cut);
    JsonNode resumed = evaluated(more, "resumed.json");
    for (int i = 0; i < 2; i++) {
      ((ObjectNode) once.get("attacks").get(i)).remove("seconds");
      ((ObjectNode) resumed.get("attacks").get(i)).remove("seconds");
    }
    assertEquals(once, resumed);
    assertEquals(lines.size(), Files.readAllLines(state).size());
  }

  @Test
  void theStateOfAnotherEvaluationIsRefused() throws IOException {
    train();
    evaluated(" --state DIR/state", "a.json");
    err.getBuffer().setLength(0);
    int status = teak(CALL + " --eot 2 --state DIR/state");
    String said = err.toString().strip();
    assertEquals(2, status, said);
    assertTrue(said.contains("is the state of another evaluation"), said);
    err.getBuffer().setLength(0);
    Files.writeString(folder.resolve("state"), "no state at all\n");
    assertEquals(1, teak(CALL + " --state DIR/state"));
    assertTrue(err.toString().contains("line 1 is not of an evaluation's state"), err.toString());
  }

  @Test
  void aBoundMayBeAFraction() throws IOException {
    train();
    String subject = " --data synthetic --weights DIR/m.safetensors --limit 4 --json DIR/r.json ";
    String attack = "attack --attack pgd --eps 8/255 --step-size 2/255 --steps 2";
    assertEquals(0, teak(attack + subject), err.toString());
    assertEquals(8 / 255.0, json("r.json").get("attack").get("eps").asDouble());
    assertEquals(2 / 255.0, json("r.json").get("attack").get("step_size").asDouble());
    String evaluate = "evaluate --threat linf:8/255 --protocol quick --check-images 0";
    assertEquals(0, teak(evaluate + subject), err.toString());
    assertTrue(json("r.json").toString().contains("0.03137254901960784"));
  }

  @Test
  void theListNamesEveryAttackAndItsSettings() throws IOException {
    assertEquals(0, teak("attack --attack list --json DIR/list.json"), err.toString());
    String list = out.toString();
    JsonNode attacks = json("list.json").get("attacks");
    assertTrue(attacks.size() >= 30, "only " + attacks.size());
    for (String name : attacks.findValuesAsText("name")) {
      assertTrue(list.contains("  " + name + " "), name);
    }
    assertTrue(list.contains("steps=40") && list.contains("transfer"), list);
  }

  @Test
  void anyAttackRunsByNameWithItsSettings() throws IOException {
    train();
    String call =
        "attack --data synthetic --weights DIR/m.safetensors --limit 6 --json DIR/a.json ";
    String cw = "--attack cw --param searches=2 --param steps=20 --param lr=0.1 --targeted 3";
    assertEquals(0, teak(call + cw), err.toString());
    JsonNode settings = json("a.json").get("attack");
    assertEquals("l2", settings.get("norm").asText());
    assertEquals(2, settings.get("searches").asInt());
    assertEquals("targeted at 3", settings.get("goal").asText());
    assertEquals(0, teak(call + "--attack universal --norm l2 --fit 20"), err.toString());
    assertEquals(0, teak(call + "--attack transfer --source DIR/m.safetensors"), err.toString());
    assertEquals(0, json("a.json").get("gradients").asInt());
    assertEquals(0, teak(call + "--attack square --param queries=5 --eot 2"), err.toString());
    assertEquals(2, teak(call + "--attack transfer"));
  }
}
