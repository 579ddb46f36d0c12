package dev.teak.lab.paper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentFile;
import dev.teak.lab.experiment.Recipe;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PapersTest {
  static Stream<Arguments> sizes() {
    return Papers.ALL.stream().flatMap(p -> Paper.SIZES.stream().map(s -> Arguments.of(p, s)));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void everySizeIsReadAndWrittenAlike(Paper paper, String size) {
    Experiment e = paper.experiment(size);
    assertEquals(e, ExperimentFile.parse("again", ExperimentFile.write(e)));
    assertTrue(paper.text(size).startsWith("# "));
  }

  @Test
  void anUnknownPaperOrSizeIsAnsweredWithThoseThatThereAre() {
    String paper =
        assertThrows(IllegalArgumentException.class, () -> Papers.named("other")).getMessage();
    assertTrue(paper.contains("feature-masking, defense-comparison"), paper);
    String size =
        assertThrows(
                IllegalArgumentException.class, () -> Papers.named("feature-masking").text("huge"))
            .getMessage();
    assertTrue(size.contains("smoke, short, paper"), size);
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void aSmokeRunSaysThatItSaysNothing(Paper paper, String size) {
    List<String> warnings = paper.warnings(paper.experiment(size));
    assertEquals(size.equals("smoke") ? 1 : 0, warnings.size(), warnings.toString());
  }

  @Test
  void everyRecipeThatThePaperHasAFigureOfIsInTheSizesThatSaySomething() {
    for (String size : List.of("short", "paper")) {
      List<String> names =
          Papers.named("defense-comparison").experiment(size).allRecipes().stream()
              .map(Recipe::name)
              .toList();
      DefenseComparisonFigures.ROWS.forEach(
          row -> assertTrue(names.contains(row.recipe()), row.recipe()));
    }
  }

  @Test
  void everyRecipeThatThePageOfMasksAndACurriculumLooksForIsInEverySize() {
    for (String size : Paper.SIZES) {
      Experiment e = Papers.named("dfmcl").experiment(size);
      List<String> names = e.allRecipes().stream().map(Recipe::name).toList();
      Dfmcl.MAIN.forEach(recipe -> assertTrue(names.contains(recipe), recipe));
      DfmclFigures.READINGS.keySet().forEach(r -> assertTrue(names.contains(r), r));
      assertTrue(names.stream().filter(n -> n.startsWith("DFMCL alpha ")).count() > 1, size);
    }
  }
}
