package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {
  /** Fourteen lines and a half; line numbers below are of it. */
  static final String SMALL =
      """
      name: small
      data: synthetic
      images: {train: 300, validation: 60, test: 80}
      seeds: [1, 2]
      epochs: 1
      batch: 32
      lr: 0.002
      grid:
      - models: [mlp]
        trainings:
        - none
        - random 0.3
      attacks:
        epsilons: [0.1, 0.2]
        fgsm_images: 20
        pgd_images: 8
        pgd_steps: 30
        autoattack_images: 0
        autoattack_seeds: 0
        masked_images: 4
        check_images: 0
        check_seeds: 0
        check_epsilon: 0.1
        examples: 2
      """;

  @ParameterizedTest
  @CsvSource({"smoke", "short", "paper"})
  void whatTeakBringsIsReadAndWrittenAlike(String size) {
    Experiment e = ExperimentFile.named("feature-masking", size);
    assertEquals(e, ExperimentFile.parse("again", ExperimentFile.write(e)));
    assertTrue(ExperimentFile.text("feature-masking", size).startsWith("# "));
  }

  @Test
  void theCellsAreTheGridFromEverySeed() {
    Experiment e = ExperimentFile.parse("small", SMALL);
    assertEquals(
        "[mlp; none; seed 1, mlp; random 0.3; seed 1, mlp; none; seed 2, mlp; random 0.3; seed 2]",
        e.cells().stream().map(Cell::id).toList().toString());
    Cell masked = e.cells().get(1);
    assertEquals("random", masked.pattern());
    assertEquals(0.3, masked.ratio());
    assertEquals("mlp; random 0.3", masked.group());
    assertTrue(e.cells().get(0).isBaseline());
  }

  /** What is replaced by what; the line of the complaint; a part of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "epochs: 1            | epoch: 1           | 5  | there is no key 'epoch' here; the keys are",
        "epochs: 1            | epochs: 0          | 5  | epochs: 0: must be 1 or more",
        "epochs: 1            | epochs: many       | 5  | expects a whole number, is 'many'",
        "epochs: 1            | epochs: [1]        | 5  | epochs: expects a whole number",
        "epochs: 1            | lr: 1              | 7  | the key 'lr' comes twice",
        "lr: 0.002            | lr: nan            | 7  | lr: expects a number",
        "lr: 0.002            | lr: 1/0            | 7  | lr: expects a number, as 0.03 or 8/255, is '1/0'",
        "data: synthetic      | data: imagenet     | 2  | choose mnist",
        "models: [mlp]        | models: [mlp, vgg] | 9  | there is no 'vgg'; choose mlp",
        "- random 0.3         | - rndom 0.3        | 12 | rndom",
        "- random 0.3         | - random 1.5       | 12 | 1.5",
        "- random 0.3         | - none             | 8  | grid: 'mlp; none' comes twice",
        "epsilons: [0.1, 0.2] | epsilons: [0.2]    | 0  | ",
        "epsilons: [0.1, 0.2] | epsilons: [0.2, 0] | 14 | must rise",
        "pgd_steps: 30        | pgd_steps: 10      | 17 | does not reach the bound",
        "train: 300           | trian: 300         | 3  | there is no key 'trian' here",
        "train: 300,          |                    | 3  | the key 'train' is missing",
        "seeds: [1, 2]        | seeds: [1, 1]      | 4  | one comes twice",
        "seeds: [1, 2]        | seeds: [1, 2       | 5  | is no YAML",
      })
  void anErrorNamesTheLine(String from, String to, int line, String part) {
    String text = SMALL.replace(from, to == null ? "" : to);
    if (line == 0) {
      assertEquals(0.2, ExperimentFile.parse("f.yaml", text).attacks().middleEpsilon());
      return;
    }
    String said =
        assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", text))
            .getMessage();
    assertTrue(said.startsWith("f.yaml, line " + line + ": "), said);
    assertTrue(said.contains(part), said);
  }

  @Test
  void aNumberMayBeAFraction() {
    String text =
        SMALL
            .replace("[0.1, 0.2]", "[8/255, 0.2]")
            .replace("check_epsilon: 0.1", "check_epsilon: 8/255")
            .replace("random 0.3", "adv-pgd 8/255");
    Experiment e = ExperimentFile.parse("f.yaml", text);
    assertEquals(List.of(8 / 255.0, 0.2), e.attacks().epsilons());
    assertEquals("mlp; adv-pgd 0.03137254901960784", e.cells().get(1).group());
    assertEquals(e, ExperimentFile.parse("again", ExperimentFile.write(e)));
  }

  @Test
  void anEmptyFileIsNoExperiment() {
    assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", ""));
    assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", "- a\n"));
  }
}
