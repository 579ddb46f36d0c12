package dev.teak.lab.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.augment.Augmentation;
import dev.teak.nn.augment.Augmentations;
import dev.teak.nn.io.Npz;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/data.md against the code: its examples run, on small data of the names it uses. */
class DataPageTest {
  private static final Path PAGE = Path.of("../docs/data.md");

  @TempDir private Path folder;

  private static List<MatchResult> all(String pattern) throws IOException {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(Files.readString(PAGE))
        .results()
        .toList();
  }

  private static Set<String> texts(List<MatchResult> found) {
    return found.stream().map(m -> m.group(1)).collect(Collectors.toCollection(TreeSet::new));
  }

  private void makeUp() throws IOException {
    for (String name : List.of("cat/001.jpg", "cat/002.png", "dog/001.jpg", "dog/002.jpg")) {
      Path file = folder.resolve("pets").resolve(name);
      Files.createDirectories(file.getParent());
      BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
      assertTrue(ImageIO.write(image, name.replaceAll(".*\\.", ""), file.toFile()));
    }
    try (Devices.Use use = Devices.use("java");
        Scope scope = Scope.open()) {
      Tensor images = Tensor.ofInts(new int[6 * 4], 6, 2, 2);
      Tensor labels = Tensor.ofInts(new int[] {0, 1, 0, 1, 0, 1}, 6);
      Npz.write(folder.resolve("scans.npz"), Map.of("images", images, "labels", labels));
    }
    Path mine = Files.createDirectories(folder.resolve("mine"));
    for (String part : List.of("train", "t10k")) {
      Files.write(
          mine.resolve(part + "-images-idx3-ubyte"),
          Samples.idx(0x803, new int[] {2, 2, 2}, new byte[8]));
      Files.write(
          mine.resolve(part + "-labels-idx1-ubyte"),
          Samples.idx(0x801, new int[] {2}, (byte) 0, (byte) 1));
    }
    Files.write(folder.resolve("data_batch_1.bin"), new byte[4 * 3073]);
    Files.write(folder.resolve("test_batch.bin"), new byte[4 * 3073]);
  }

  /** What the page gives to {@code --data}, with the made-up data in the place of the reader's. */
  private DataSource source(String text) {
    String here = folder.toString().replace("$", "\\$");
    return DataSources.read(text.replaceAll("^(folder|npz|idx):", "$1:" + here + "/"));
  }

  @Test
  void everyExampleLoadsBothParts() throws IOException {
    makeUp();
    Set<String> examples = texts(all("--data \"?((?<=\")[^\"]+|[^ \"`]+)"));
    assertEquals(Set.of("folder:pets size=64", "npz:scans.npz", "idx:mine", "cifar10"), examples);
    for (String text : examples) {
      for (boolean train : new boolean[] {true, false}) {
        assertTrue(source(text).load(train, folder, 1, 4).size() > 0, text);
      }
    }
  }

  @Test
  void everySourceAndEveryAugmentationHasItsRow() throws IOException {
    String rows =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| `"))
            .collect(Collectors.joining("\n"));
    for (String name : DataSources.REGISTRY.names()) {
      assertTrue(rows.contains("`" + name + "`") || rows.contains("`" + name + ":"), name);
    }
    for (String name : Augmentations.REGISTRY.names()) {
      List<MatchResult> row = all("^\\| `(" + name + "[ 0-9.]*)`");
      assertEquals(1, row.size(), name);
      Augmentation read = Settings.parse(Augmentation.class, row.get(0).group(1));
      assertEquals(name, Augmentations.REGISTRY.name(read));
    }
  }

  @Test
  void theAugmentationsOfAPhaseAreRead() throws IOException {
    String list = all("^augment: (.*)$").get(0).group(1);
    assertEquals(
        "crop; flip", Settings.text(Settings.readAll(Augmentation.class, Written.of(list))));
  }

  @Test
  void everySettingOfAFolderIsExplained() throws IOException {
    Set<String> names = Settings.of(DataSources.read("folder:pets")).keySet();
    for (String name : names) {
      assertTrue(name.equals("dir") || !all("^\\| .*`" + name + "`").isEmpty(), name);
    }
  }
}
