package dev.teak.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentFile;
import dev.teak.nn.attribution.Attributions;
import dev.teak.nn.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/lab.md to the code: what it shows is read, and what it has one compile compiles. */
class LabPageTest {
  private static List<String> blocks(String language) throws IOException {
    String page = Files.readString(Path.of("../docs/lab.md"));
    Pattern block =
        Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    List<String> blocks = new ArrayList<>();
    Matcher m = block.matcher(page);
    while (m.find()) {
      blocks.add(m.group(1));
    }
    return blocks;
  }

  @Test
  void allWaysToWriteAnAttackSayTheSame() throws IOException {
    Attack first = null;
    List<String> lines = blocks("").get(0).lines().toList();
    assertEquals(4, lines.size());
    for (String line : lines) {
      Attack read = Settings.parse(Attack.class, line);
      first = first == null ? read : first;
      assertEquals(first, read, line);
    }
  }

  @Test
  void theExperimentAndTheRecipesAreRead() throws IOException {
    List<String> yaml = blocks("yaml");
    Experiment whole = ExperimentFile.parse("lab.md", yaml.get(0));
    assertEquals(9, whole.cells().size());
    String others = yaml.get(0).replaceFirst("(?s)grid:.*?(?=measures:)", yaml.get(1));
    Experiment recipes = ExperimentFile.parse("lab.md", others);
    assertEquals(2, recipes.allRecipes().size());
    assertEquals(2, recipes.allRecipes().get(1).phases().size());
    others = yaml.get(0).replaceFirst("(?s)grid:.*?(?=measures:)", yaml.get(3));
    Experiment folds = ExperimentFile.parse("lab.md", others);
    assertEquals(
        List.of(false, true, true, true),
        folds.allRecipes().stream().map(r -> r.folds() != null).toList());
  }

  @Test
  void theMethodsOfAttributionAreThoseThereAre() throws IOException {
    String page = Files.readString(Path.of("../docs/lab.md"));
    String section =
        page.replaceFirst("(?s).*## What a model looks at", "").replaceFirst("(?s)\n## .*", "");
    Pattern row = Pattern.compile("^\\| `(\\w+)`", Pattern.MULTILINE);
    List<String> named = row.matcher(section).results().map(r -> r.group(1)).toList();
    assertEquals(Attributions.REGISTRY.names(), named);
  }

  @Test
  void theClassesOfOnesOwnCompile(@TempDir Path folder) throws IOException {
    List<String> call = new ArrayList<>(List.of("-d", folder.toString(), "-proc:none"));
    call.addAll(List.of("-cp", System.getProperty("java.class.path")));
    Pattern name = Pattern.compile("public record (\\w+)");
    List<String> sources = blocks("java");
    assertEquals(2, sources.size());
    for (String source : sources) {
      Matcher m = name.matcher(source);
      assertTrue(m.find(), source);
      call.add(Files.writeString(folder.resolve(m.group(1) + ".java"), source).toString());
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler().run(null, said, said, call.toArray(String[]::new));
    assertEquals(0, status, said.toString(StandardCharsets.UTF_8));
  }
}
