package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.gzip;
import static dev.teak.lab.data.Samples.idx;

import dev.teak.engine.Tensor;
import dev.teak.nn.io.Fuzz;
import dev.teak.nn.io.Npz;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of images that are nearly right. */
class DataFuzzTest {
  @TempDir Path folder;

  @Test
  void idxFiles() throws IOException {
    byte[] right = idx(0x803, new int[] {2, 2, 3}, new byte[12]);
    Path labels = folder.resolve("labels");
    Files.write(labels, idx(0x801, new int[] {2}, new byte[2]));
    Fuzz.run(
        folder.resolve("some-idx3"),
        List.of(right, gzip(right)),
        f -> IdxReader.read("some", f, labels, Dataset.numbered(10), Integer.MAX_VALUE),
        DataException.class);
  }

  @Test
  void cifarsFiles() throws IOException {
    byte[] right = new byte[2 * 3073];
    right[0] = 3;
    Fuzz.run(
        folder.resolve("some.bin"),
        List.of(right, gzip(right)),
        f -> CifarReader.read("some", CifarReader.CIFAR10, List.of(f).iterator(), 100),
        DataException.class);
  }

  @Test
  void archivesOfImages() throws IOException {
    Path right = folder.resolve("right");
    Npz.write(
        right,
        Map.of(
            "images", Tensor.ofInts(new int[40], 10, 2, 2),
            "labels", Tensor.ofInts(new int[] {0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, 10)));
    Path file = folder.resolve("some.npz");
    Fuzz.run(
        file,
        List.of(Files.readAllBytes(right)),
        f -> new NpzFile(f.toString(), 0.5, 1).load(true, folder, 1, 100),
        DataException.class);
  }

  @Test
  void pictures() throws IOException {
    List<byte[]> right = new ArrayList<>();
    BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 3, 0x4080C0);
    for (String format : List.of("png", "jpg", "tiff")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, format, out);
      right.add(out.toByteArray());
    }
    Fuzz.run(
        folder.resolve("some.png"),
        right,
        f -> {
          ImageFile.header(f);
          ImageFile.pixels(f, 3);
        },
        DataException.class);
  }
}
