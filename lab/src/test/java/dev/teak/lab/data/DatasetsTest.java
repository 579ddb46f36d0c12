package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static dev.teak.lab.data.Samples.gzip;
import static dev.teak.lab.data.Samples.idx;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.nn.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
  @TempDir private Path data;

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    String message =
        assertThrows(SettingsException.class, () -> DataSources.read("emnist")).getMessage();
    assertTrue(message.contains("there is no data set 'emnist', did you mean 'mnist'"), message);
    assertTrue(message.contains("mnist, fashion, cifar10, cifar100, synthetic"), message);
  }

  @Test
  void aMissingFileIsRefusedWithTheCommandThatFetchesIt() {
    assertRefused(
        () -> DataSources.read("fashion").load(false, data, 0),
        "t10k-images-idx3-ubyte",
        data.resolve("fashion"),
        "teak data get fashion");
    assertFalse(DataSources.read("fashion").isPresent(data));
  }

  @Test
  void filesAreFoundInTheDataFolderOrBelowIt() throws IOException {
    Files.write(
        data.resolve("t10k-images-idx3-ubyte.gz"), gzip(idx(0x803, new int[] {1, 1, 1}, (byte) 9)));
    Path below = Files.createDirectories(data.resolve("mnist"));
    Files.write(below.resolve("t10k-labels-idx1-ubyte"), idx(0x801, new int[] {1}, (byte) 4));
    assertEquals(4, DataSources.read("mnist").load(false, data, 0).labels()[0]);
    assertFalse(DataSources.read("mnist").isPresent(data));
  }

  @Test
  void verifyTellsMissingFromCorruptAndShowsBothChecksums() throws IOException {
    Files.writeString(data.resolve("there.bin"), "");
    String wanted = "0".repeat(64);
    DataCatalog.Entry entry =
        new DataCatalog.Entry(
            "some",
            "",
            "",
            List.of(
                new DataCatalog.RemoteFile(List.of(), "gone.bin", 3, wanted),
                new DataCatalog.RemoteFile(List.of(), "there.bin", 3, wanted)));
    List<Datasets.Verdict> verdicts = Datasets.verify(entry, data);
    assertEquals("missing", verdicts.get(0).verdict());
    String corrupt = verdicts.get(1).verdict();
    assertTrue(
        corrupt.contains("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        corrupt);
    assertTrue(corrupt.contains(wanted), corrupt);
  }

  @Test
  void aChecksumThatIsNoSha256IsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new DataCatalog.RemoteFile(List.of(), "some.bin", 3, "0".repeat(32)));
  }
}
