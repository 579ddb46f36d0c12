package dev.teak.lab.data;

import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.Home;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.Npz;
import dev.teak.nn.train.ByteImages;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Images and labels in an .npz file: {@code images} and {@code labels}, of which a share is the
 * test, or {@code x_train}, {@code y_train}, {@code x_test} and {@code y_test}. Images are {@code
 * [N, H, W, C]} or {@code [N, H, W]}, whole numbers 0..255 or floats 0..1; labels are whole
 * numbers, {@code [N]} or {@code [N, 1]}.
 *
 * @param file where it is
 * @param testShare of each class, where the file has no test part
 * @param seed that the test part is drawn by; no run's seed changes it
 */
public record NpzFile(String file, double testShare, long seed) implements DataSource {
  /** Rejects a share that is not above 0 and below 1. */
  public NpzFile {
    new Parts(testShare, seed);
  }

  @Override
  public Dataset load(boolean train, Path data, long seedOfRun, int limit) throws IOException {
    Path path = Home.resolve(file);
    DataFile.require(path);
    try (Devices.Use host = Devices.use("java")) { // the arrays are on their way to the host
      Map<String, Tensor> arrays = Npz.read(path);
      try {
        return new Contents(path, arrays).load(train).take(limit);
      } finally {
        arrays.values().forEach(Tensor::release);
      }
    } catch (CheckpointException e) {
      throw new DataException(e.getMessage());
    }
  }

  @Override
  public boolean isPresent(Path data) {
    return Files.isRegularFile(Home.resolve(file));
  }

  private final class Contents {
    private final Path path;
    private final Map<String, Tensor> arrays;

    Contents(Path path, Map<String, Tensor> arrays) {
      this.path = path;
      this.arrays = arrays;
    }

    Dataset load(boolean train) {
      if (arrays.containsKey("x_train")) {
        List<String> classes = Classes.counted(path + ": y_train", labels("y_train"));
        String part = train ? "train" : "test";
        return new Dataset(file, examples("x_" + part, "y_" + part), classes);
      }
      Examples all = examples("images", "labels");
      List<String> classes = Classes.counted(path + ": labels", all.labels());
      Parts parts = new Parts(testShare, seed);
      return new Dataset(file, parts.mixed(parts.of(file, all, train)), classes);
    }

    private DataException wrong(String what) {
      return new DataException(path + ": " + what);
    }

    private Tensor require(String name) {
      Tensor array = arrays.get(name);
      if (array == null) {
        throw wrong(
            "there is no array '"
                + name
                + "', but "
                + String.join(", ", arrays.keySet())
                + "; it must have images and labels, or x_train, y_train, x_test and y_test");
      }
      return array;
    }

    private Examples examples(String images, String labels) {
      Images x = images(images);
      int[] y = labels(labels);
      if (x.size() != y.length) {
        throw wrong(
            images + " has " + x.size() + " images, " + labels + " has " + y.length + " labels");
      }
      return new Examples(x, y);
    }

    private int[] labels(String name) {
      Tensor array = require(name);
      Shape s = array.shape();
      if (array.dtype() != DType.INT32 || s.rank() == 0 || s.size() != s.dim(0)) {
        throw wrong(
            name + " is " + array.dtype() + " " + s + "; labels are whole numbers, one an image");
      }
      return array.toInts();
    }

    private Images images(String name) {
      Tensor array = require(name);
      Shape s = array.shape();
      if (s.rank() != 3 && s.rank() != 4 || s.size() == 0) {
        throw wrong(name + " is " + s + "; images are [N, H, W] or [N, H, W, C]");
      }
      Shape image = Shape.of(s.dim(1), s.dim(2), s.rank() == 4 ? s.dim(3) : 1);
      return array.dtype() == DType.INT32
          ? bytes(name, array.toInts(), image)
          : floats(name, array.toFloats(), image);
    }

    private Images bytes(String name, int[] values, Shape image) {
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        if (values[i] < 0 || values[i] > 255) {
          throw outside(name, i / image.size(), values[i], "0..255");
        }
        bytes[i] = (byte) values[i];
      }
      return ByteImages.of(bytes, image);
    }

    private Images floats(String name, float[] values, Shape image) {
      for (int i = 0; i < values.length; i++) {
        if (!(values[i] >= 0 && values[i] <= 1)) {
          throw outside(name, i / image.size(), values[i], "0..1");
        }
      }
      return Images.of(values, image);
    }

    private DataException outside(String name, int image, Number value, String range) {
      return wrong(name + ": image " + image + " has the value " + value + ", outside " + range);
    }
  }
}
