package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.measure.Attacked;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {
  /** Line numbers below are of it. */
  static final String SMALL =
      """
      name: small
      data: synthetic
      images: {train: 300, validation: 60, test: 80}
      seeds: [1, 2]
      training: {epochs: 1, batch: 32, optimizer: adam lr=0.002}
      grid:
      - models: [mlp]
        defenses:
        - none
        - random 0.3
      measures:
      - clean
      - attacked fgsm epsilons=[0.1, 0.2] images=20
      - attacked pgd(steps=30) epsilons=[0.1, 0.2] images=8
      - masked pgd(steps=30) epsilons=[0.1, 0.2] images=4
      - examples pgd(steps=30) epsilon=0.2 images=2 seeds=1
      """;

  @Test
  void theCellsAreTheGridFromEverySeed() {
    Experiment e = ExperimentFile.parse("small", SMALL);
    assertEquals(
        "[mlp; none; seed 1, mlp; random 0.3; seed 1, mlp; none; seed 2, mlp; random 0.3; seed 2]",
        e.cells().stream().map(Cell::id).toList().toString());
    Phase phase = e.cells().get(1).recipe().phases().get(0);
    assertEquals("random 0.3", phase.words());
    assertEquals(1, phase.epochs());
    assertEquals(Phase.DEFAULTS.schedule(), phase.schedule(), "what the file leaves open");
    assertEquals(5, e.asked(e.cells().get(0)).size());
    assertEquals(4, e.asked(e.cells().get(2)).size(), "examples are of the first seed");
  }

  @Test
  void aMeasureMayBeAskedOfSomeRecipesAlone() {
    String some = "images=2 seeds=1 recipes=['mlp; none']";
    Experiment e = ExperimentFile.parse("small", SMALL.replace("images=2 seeds=1", some));
    assertEquals(5, e.asked(e.cells().get(0)).size());
    assertEquals(4, e.asked(e.cells().get(1)).size(), "of another recipe");
    assertEquals(e, ExperimentFile.parse("again", ExperimentFile.write(e)));
    String unknown = SMALL.replace("images=2 seeds=1", "images=2 recipes=[mpl]");
    String said =
        assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("small", unknown))
            .getMessage();
    assertTrue(said.contains("measures: recipes: there is no recipe 'mpl'"), said);
  }

  /** What is replaced by what; the line of the complaint; a part of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "epochs: 1,           | epoch: 1,          | 5  | there is no setting 'epoch', did you mean 'epochs'; the settings are",
        "epochs: 1,           | epochs: -1,        | 5  | epochs: -1: must be 0 or more",
        "epochs: 1,           | epochs: many,      | 5  | epochs: expects a whole number, is 'many'",
        "epochs: 1,           | epochs: [1],       | 5  | epochs: expects a whole number",
        "seeds: [1, 2]        | name: b            | 4  | the key 'name' comes twice",
        "lr=0.002             | lr=nan             | 5  | lr: expects a number",
        "lr=0.002             | lr=1/0             | 5  | lr: expects a number, as 0.03 or 8/255, is '1/0'",
        "adam lr              | adm lr             | 5  | there is no optimizer 'adm', did you mean 'adam'; choose",
        "seeds: [1, 2]        | lr: 0.1            | 4  | 'lr' is written training: {optimizer: adam lr=X} now",
        "data: synthetic      | data: synthetik    | 2  | did you mean 'synthetic'",
        "models: [mlp]        | models: [mlp, vgx] | 7  | 'vgx'",
        "- random 0.3         | - rndom 0.3        | 10 | there is no defense 'rndom'",
        "- random 0.3         | - random 1.5       | 10 | 1.5",
        "- random 0.3         | - none             | 6  | grid: 'mlp; none' comes twice",
        "- clean              | - claen            | 12 | there is no measure 'claen', did you mean 'clean'; choose",
        "attacked fgsm        | attacked fgms      | 13 | 'fgms'",
        "fgsm epsilons=[0.1, 0.2] | fgsm epsilons=[0.2, 0.1] | 13 | must rise",
        "fgsm epsilons=[0.1, 0.2] | fgsm epsilon=0.2   | 13 | fgsm: there is no setting 'epsilon'",
        "fgsm epsilons=[0.1, 0.2] | fgsm(eps=0.1) epsilons=0.1 | 13 | eps is given beside the attack",
        "train: 300           | trian: 300         | 3  | there is no setting 'trian', did you mean 'train'",
        "train: 300,          |                    | 3  | the setting 'train' is missing",
        "seeds: [1, 2]        | seeds: [1, 1]      | 4  | one comes twice",
        "seeds: [1, 2]        | seeds: [1, 2       | 5  | is no YAML",
        "optimizer: adam lr=0.002} | optimizer: adam {lr: 1}} | 5  | settings within a line are written NAME key=value",
      })
  void anErrorNamesTheLine(String from, String to, int line, String part) {
    String text = SMALL.replace(from, to == null ? "" : to);
    String said =
        assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", text))
            .getMessage();
    assertTrue(said.startsWith("f.yaml, line " + line + ": "), said);
    assertTrue(said.contains(part), said);
  }

  @Test
  void aNumberMayBeAFraction() {
    String text =
        SMALL.replace("[0.1, 0.2]", "[8/255, 0.2]").replace("random 0.3", "adv-pgd 8/255");
    Experiment e = ExperimentFile.parse("f.yaml", text);
    Attacked fgsm = (Attacked) e.measures().get(1).measure();
    assertEquals(List.of(8 / 255.0, 0.2), fgsm.epsilons());
    assertEquals("mlp; adv-pgd 0.03137254901960784", e.cells().get(1).recipe().name());
    assertEquals(e, ExperimentFile.parse("again", ExperimentFile.write(e)));
  }

  private static String recipes(String text) {
    int grid = SMALL.indexOf("grid:");
    int measures = SMALL.indexOf("measures:");
    return SMALL.substring(0, grid) + "recipes:\n" + text + SMALL.substring(measures);
  }

  @Test
  void aRecipeHasPhasesAndNeedsOthers() {
    Experiment e =
        ExperimentFile.parse(
            "f.yaml",
            recipes(
                """
                - {name: teacher, model: mlp}
                - name: student
                  model: mlp
                  start: teacher
                  phases:
                  - {epochs: 2, teacher: teacher, defenses: [noise 0.1, random 0.3]}
                  - optimizer: {sgd: {lr: 0.1, momentum: 0.9, nesterov: true}}
                    schedule: one_cycle
                    teacher: previous
                    keep: best by=f1 patience=2
                """));
    Recipe student = e.allRecipes().get(1);
    assertEquals("noise 0.1; random 0.3, then none", student.words());
    assertEquals(2, student.phases().get(0).epochs());
    assertEquals(0.1, student.phases().get(1).optimizer().lr());
    assertEquals(List.of("teacher", "teacher"), student.needs());
    assertEquals(e, ExperimentFile.parse("again", ExperimentFile.write(e)));
  }

  @Test
  void whatNeedsItselfIsACircle() {
    String circle =
        recipes("- {name: a, model: mlp, start: b}\n- {name: b, model: mlp, start: a}\n");
    assertEquals(
        "f.yaml, line 6: recipes: a circle: a needs b needs a",
        assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", circle))
            .getMessage());
    String unknown = recipes("- {name: a, model: mlp, start: c}\n");
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", unknown))
            .getMessage()
            .startsWith("f.yaml, line 6: recipes: 'a' needs 'c', which is neither a recipe"));
  }

  @Test
  void anEmptyFileIsNoExperiment() {
    assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", ""));
    assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("f.yaml", "- a\n"));
  }
}
