package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static dev.teak.lab.data.Samples.idx;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** .npz files, idx folders and parts of CIFAR. */
class OwnDataTest {
  @TempDir private Path folder;

  private interface Made {
    Map<String, Tensor> make();
  }

  private Path npz(Made arrays) throws IOException {
    Path file = folder.resolve("own.npz");
    try (Devices.Use use = Devices.use("java");
        Scope scope = Scope.open()) {
      Npz.write(file, arrays.make());
    }
    return file;
  }

  private static Map<String, Tensor> named(Object... namesAndTensors) {
    Map<String, Tensor> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTensors.length; i += 2) {
      map.put((String) namesAndTensors[i], (Tensor) namesAndTensors[i + 1]);
    }
    return map;
  }

  private static Tensor ints(int[] dims, int... values) {
    return Tensor.ofInts(values, dims);
  }

  private static int[] dims(int... dims) {
    return dims;
  }

  private Dataset load(Path file, boolean train) throws IOException {
    return DataSources.read("npz:" + file).load(train, folder, 0);
  }

  @Test
  void anNpzWithTrainAndTestHasTheTwoParts() throws IOException {
    Path file =
        npz(
            () ->
                named(
                    "x_train", ints(dims(3, 1, 2), 0, 51, 102, 153, 204, 255),
                    "y_train", ints(dims(3), 1, 0, 1),
                    "x_test", ints(dims(1, 1, 2), 255, 0),
                    "y_test", ints(dims(1), 0)));
    Dataset train = load(file, true);
    assertArrayEquals(new float[] {0, .2f, .4f, .6f, .8f, 1}, train.images(), 1e-6f);
    assertArrayEquals(new int[] {1, 0, 1}, train.labels());
    assertEquals(2, train.classes());
    Dataset test = load(file, false);
    assertEquals(Shape.of(1, 2, 1), test.image());
    assertEquals(2, test.classes());
    assertArrayEquals(new float[] {1, 0}, test.images());
    assertEquals(2, DataSources.read("npz:" + file).load(true, folder, 0, 2).size());
  }

  @Test
  void anNpzOfOnePartIsSplitByClass() throws IOException {
    int[] labels = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    float[] pixels = new float[10 * 2 * 2 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i / 12) / 10f;
    }
    Path file =
        npz(
            () ->
                named(
                    "images", Tensor.of(pixels, 10, 2, 2, 3),
                    "labels", ints(dims(10, 1), labels)));
    Dataset train = load(file, true);
    Dataset test = load(file, false);
    assertEquals(Shape.of(2, 2, 3), test.image());
    assertEquals(8, train.size());
    int[] held = test.labels().clone();
    Arrays.sort(held);
    assertArrayEquals(new int[] {0, 1}, held);
    for (int i = 0; i < 2; i++) {
      assertEquals(test.labels()[i], Math.round(10 * test.images()[12 * i]) % 2);
    }
  }

  @Test
  void anNpzWithoutLabelsIsRefusedWithWhatItHas() throws IOException {
    Path file = npz(() -> named("images", ints(dims(1, 1, 1), 1), "other", ints(dims(1), 1)));
    assertRefused(() -> load(file, true), file, "no array 'labels'", "images, other", "y_train");
  }

  @Test
  void whatIsNoImageOrLabelInAnNpzIsRefused() throws IOException {
    Path high =
        npz(() -> named("images", ints(dims(2, 1, 1), 1, 256), "labels", ints(dims(2), 0, 1)));
    assertRefused(() -> load(high, true), high, "image 1", "256", "0..255");
    Path bright =
        npz(
            () ->
                named(
                    "images",
                    Tensor.of(new float[] {1, 2}, 2, 1, 1),
                    "labels",
                    ints(dims(2), 0, 1)));
    assertRefused(() -> load(bright, true), bright, "image 1", "2.0", "0..1");
    Path flat = npz(() -> named("images", ints(dims(2, 1), 1, 2), "labels", ints(dims(2), 0, 1)));
    assertRefused(() -> load(flat, true), flat, "[2, 1]", "[N, H, W, C]");
    Path oneHot =
        npz(
            () ->
                named("images", ints(dims(2, 1, 1), 1, 2), "labels", ints(dims(2, 2), 0, 1, 1, 0)));
    assertRefused(() -> load(oneHot, true), oneHot, "labels is INT32 [2, 2]");
    Path few = npz(() -> named("images", ints(dims(2, 1, 1), 1, 2), "labels", ints(dims(1), 0)));
    assertRefused(() -> load(few, true), few, "2 images", "1 labels");
  }

  @Test
  void aTruncatedNpzIsNamed() throws IOException {
    Path file = npz(() -> named("images", ints(dims(1, 1, 1), 1), "labels", ints(dims(1), 0)));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 30));
    assertRefused(() -> load(file, true), file, "cannot be read");
  }

  @Test
  void aClassWithoutAnImageIsNamed() throws IOException {
    Path file =
        npz(() -> named("images", ints(dims(2, 1, 1), 1, 2), "labels", ints(dims(2), 0, 2)));
    assertRefused(() -> load(file, true), file, "class 1 has no image", "up to 2");
    Path single =
        npz(() -> named("images", ints(dims(2, 1, 1), 1, 2), "labels", ints(dims(2), 0, 0)));
    assertRefused(() -> load(single, true), single, "all images are of class 0");
  }

  private void idxFolder(byte... trainLabels) throws IOException {
    int n = trainLabels.length;
    Files.write(
        folder.resolve("train-images-idx3-ubyte"),
        idx(0x803, new int[] {n, 1, 2}, new byte[2 * n]));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(0x801, new int[] {n}, trainLabels));
    Files.write(
        folder.resolve("t10k-images-idx3-ubyte"), idx(0x803, new int[] {1, 1, 2}, new byte[2]));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), idx(0x801, new int[] {1}, (byte) 0));
  }

  private Dataset idxOf(boolean train, int limit) throws IOException {
    return DataSources.read("idx:" + folder).load(train, folder, 0, limit);
  }

  @Test
  void anIdxFolderOfTwoClassesHasTwoClassesInBothParts() throws IOException {
    idxFolder((byte) 0, (byte) 1, (byte) 0);
    assertEquals(2, idxOf(true, 3).classes());
    assertEquals(2, idxOf(true, 1).classes());
    assertEquals(2, idxOf(false, 3).classes());
    assertEquals(1, idxOf(true, 1).size());
    assertTrue(DataSources.read("idx:" + folder).isPresent(folder));
  }

  @Test
  void anIdxFolderMayHaveColors() throws IOException {
    idxFolder((byte) 0, (byte) 1);
    Files.write(
        folder.resolve("train-images-idx4-ubyte"),
        idx(0x804, new int[] {2, 1, 2, 3}, new byte[12]));
    assertEquals(Shape.of(1, 2, 3), idxOf(true, 2).image());
  }

  @Test
  void aTestLabelThatNoTrainingImageHasIsNamed() throws IOException {
    idxFolder((byte) 0, (byte) 1);
    Path labels = folder.resolve("t10k-labels-idx1-ubyte");
    Files.write(labels, idx(0x801, new int[] {1}, (byte) 2));
    assertRefused(() -> idxOf(false, 9), labels, "label 2 of image 0", "0..1");
  }

  @Test
  void aFileThatAnIdxFolderLacksIsNamed() throws IOException {
    idxFolder((byte) 0, (byte) 1);
    Files.delete(folder.resolve("t10k-images-idx3-ubyte"));
    assertRefused(() -> idxOf(false, 9), folder.resolve("t10k-images-idx3-ubyte"), "no such file");
  }

  @Test
  void partsOfCifarThatTheLimitDoesNotReachMayBeMissing() throws IOException {
    Files.write(folder.resolve("data_batch_1.bin"), new byte[2 * 3073]);
    Files.write(folder.resolve("data_batch_2.bin"), new byte[2 * 3073]);
    DataSource cifar = DataSources.read("cifar10");
    assertEquals(3, cifar.load(true, folder, 0, 3).size());
    assertEquals(4, cifar.load(true, folder, 0, 4).size());
    assertEquals(10, cifar.load(true, folder, 0, 3).classes());
    assertRefused(
        () -> cifar.load(true, folder, 0, 5), "data_batch_3.bin", "teak data get cifar10");
  }

  @Test
  void cifar100IsReadByItsFineLabels() throws IOException {
    byte[] record = new byte[3074];
    record[0] = 4;
    record[1] = 72;
    record[2] = -1; // red of the first pixel
    Files.write(folder.resolve("train.bin"), record);
    Dataset data = DataSources.read("cifar100").load(true, folder, 0);
    assertArrayEquals(new int[] {72}, data.labels());
    assertEquals(100, data.classes());
    assertEquals(1, data.images()[0]);
    assertEquals(0, data.images()[1]);
    record[1] = 100;
    Files.write(folder.resolve("train.bin"), record);
    assertRefused(
        () -> DataSources.read("cifar100").load(true, folder, 0), "label 100 of record 0", "0..99");
  }
}
