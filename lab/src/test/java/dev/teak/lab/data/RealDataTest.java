package dev.teak.lab.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teak.engine.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The readers on the real files, where they are there. */
class RealDataTest {
  private static Path folderWith(String file) {
    Optional<Path> folder = Samples.dataFolderWith(file);
    assumeTrue(folder.isPresent(), file + " is in no data folder; TEAK_DATA can name one");
    return folder.orElseThrow();
  }

  @Test
  void mnistHasItsCountsAndItsMean() throws IOException {
    Path folder = folderWith("mnist/train-images-idx3-ubyte.gz");
    Dataset train = DataSources.read("mnist").load(true, folder, 0);
    assertEquals(60_000, train.size());
    assertEquals(Shape.of(28, 28, 1), train.image());
    double sum = 0;
    for (float v : train.images()) {
      sum += v;
    }
    assertEquals(0.1307, sum / train.images().length, 1e-4);
    int[] counts = new int[10];
    for (int label : train.labels()) {
      counts[label]++;
    }
    assertEquals(5923, counts[0]);
    assertEquals(6742, counts[1]);
    assertEquals(10_000, DataSources.read("mnist").load(false, folder, 0).size());
  }

  @Test
  void mnistFilesHaveTheChecksumsOfTheCatalog() throws IOException {
    Path folder = folderWith("mnist/train-images-idx3-ubyte.gz");
    DataCatalog.Entry mnist = DataCatalog.find("mnist").orElseThrow();
    assertTrue(DataSources.read("mnist").isPresent(folder));
    for (Datasets.Verdict verdict : Datasets.verify(mnist, folder)) {
      assertEquals("ok", verdict.verdict(), verdict.file().toString());
    }
  }

  @Test
  void aThousandCifarRecordsAreRead() throws IOException {
    String file = "cifar10/exact/test-00000-00999.bin.gz";
    Dataset data =
        CifarReader.read(
            "cifar10",
            CifarReader.CIFAR10,
            List.of(folderWith(file).resolve(file)).iterator(),
            1000);
    assertEquals(1000, data.size());
    assertEquals(Shape.of(32, 32, 3), data.image());
    assertEquals(3, data.labels()[0]); // the first test image is a cat
  }
}
