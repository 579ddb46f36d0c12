package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/**
 * Reference numbers that PyTorch computed in float64, for models whose weights come from a formula.
 * Tests that read them are skipped where they are not.
 */
public final class Golden {
  private Golden() {}

  /** A file of them, read; the calling test is skipped where it is not there. */
  public static JsonNode read(String file) throws IOException {
    return new ObjectMapper().readTree(path(file).toFile());
  }

  /** Where one of them is; the calling test is skipped where it is not there. */
  public static Path path(String file) {
    Optional<Path> folder =
        folders().filter(path -> Files.isRegularFile(path.resolve(file))).findFirst();
    assumeTrue(
        folder.isPresent(),
        "no folder golden with " + file + "; $TEAK_DATA/golden and ../shared/golden are looked at");
    return folder.get().resolve(file);
  }

  private static Stream<Path> folders() {
    Path here = Path.of(System.getProperty("user.dir"));
    String data = System.getenv("TEAK_DATA");
    Stream<Path> named =
        data == null || data.isBlank()
            ? Stream.of()
            : Stream.of(Path.of(data, "golden"), Path.of(data, "../golden"));
    return Stream.concat(
        named, Stream.of(here.resolve("../shared/golden"), here.resolve("../../shared/golden")));
  }

  /** The formula: a number in [-1, 1) from a hash of an index and a stream. */
  public static double u(int i, int k) {
    int h = i * 0x9E3779B1 + k * 0x85EBCA77; // wraps
    h ^= h >>> 16;
    h *= 0x7FEB352D;
    h ^= h >>> 15;
    h *= 0x846CA68B;
    h ^= h >>> 16;
    return (h >>> 8) * 0x1p-23 - 1;
  }

  /**
   * Gives a model the weights of the formula, entry by entry of {@code state_dict}, and checks that
   * names, sizes and the values that are listed are those of the file.
   *
   * @param described what has {@code state_dict} and {@code rule}
   */
  public static void fill(Module model, JsonNode described) {
    Map<String, Shape> shapes = shapes(described);
    Map<String, Tensor> state = model.stateDict();
    assertEquals(
        shapes.keySet().stream().sorted().toList(), state.keySet().stream().sorted().toList());
    int k = 0;
    for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
      float[] values = values(entry.getKey(), k++, shapes, described.get("rule"));
      Tensor target = state.get(entry.getKey());
      assertEquals(entry.getValue().size(), target.shape().size(), entry.getKey());
      Update.assign(target, inOurLayout(values, entry.getValue()));
    }
    for (JsonNode spot : described.path("spot_values")) {
      String name = spot.get("name").asText();
      int index = shapes.keySet().stream().toList().indexOf(name);
      float[] values = values(name, index, shapes, described.get("rule"));
      for (int i = 0; i < spot.get("values").size(); i++) {
        assertEquals(spot.get("values").get(i).asDouble(), values[i], 1e-8, name);
      }
    }
  }

  /** The state that the formula makes, in PyTorch's layout and without counters. */
  public static Map<String, Tensor> state(JsonNode described) {
    Map<String, Shape> shapes = shapes(described);
    Map<String, Tensor> state = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> {
          float[] values = values(name, state.size(), shapes, described.get("rule"));
          state.put(name, Tensor.of(values, shape.dims()));
        });
    return state;
  }

  private static Map<String, Shape> shapes(JsonNode described) {
    Map<String, Shape> shapes = new LinkedHashMap<>(); // in PyTorch's layout, counters left out
    for (JsonNode entry : described.get("state_dict")) {
      if (!entry.get(0).asText().endsWith("num_batches_tracked")) {
        shapes.put(entry.get(0).asText(), shape(entry.get(1)));
      }
    }
    return shapes;
  }

  private static float[] values(String name, int k, Map<String, Shape> shapes, JsonNode rule) {
    Shape shape = shapes.get(name);
    double offset = 0;
    double scale;
    if (name.endsWith("running_mean")) {
      scale = 0.1;
    } else if (name.endsWith("running_var")) {
      offset = 1;
      scale = 0.3;
    } else if (name.endsWith("weight")) {
      boolean norm = shape.rank() < 2;
      offset = norm ? 1 : 0;
      int fanIn = shape.size() / shape.dim(0);
      scale = norm ? 0.1 : rule.get("weight_gain").asDouble() * Math.sqrt(2.0 / fanIn);
    } else if (name.endsWith("bias")) {
      Shape weight = shapes.get(name.substring(0, name.length() - 4) + "weight");
      scale = weight != null && weight.rank() == 1 ? 0.1 : 0.05;
    } else {
      scale = rule.get("other_scale").asDouble();
    }
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (offset + scale * u(i, k));
    }
    return values;
  }

  /** A kernel [K, C, R, S] as [K, R, S, C]; all else as it is. */
  private static float[] inOurLayout(float[] values, Shape shape) {
    return shape.rank() == 4 ? channelsLast(values, shape) : values;
  }

  private static float[] channelsLast(float[] values, Shape nchw) {
    int channels = nchw.dim(1);
    int pixels = nchw.dim(2) * nchw.dim(3);
    float[] moved = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int n = i / (channels * pixels);
      int c = i / pixels % channels;
      moved[(n * pixels + i % pixels) * channels + c] = values[i];
    }
    return moved;
  }

  /** Images {@code [N, H, W, C]} whose values are a function of the index in {@code nchw}. */
  public static Tensor images(Shape nchw, IntToDoubleFunction value) {
    float[] values = new float[nchw.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.applyAsDouble(i);
    }
    return Tensor.of(
        channelsLast(values, nchw), nchw.dim(0), nchw.dim(2), nchw.dim(3), nchw.dim(1));
  }

  /** The values of images {@code [N, H, W, C]} in the order of NCHW. */
  public static double[] nchw(Tensor images) {
    return images.detach().permute(0, 3, 1, 2).toDoubles();
  }

  /** A list of integers as a shape. */
  public static Shape shape(JsonNode dims) {
    int[] d = new int[dims.size()];
    for (int i = 0; i < d.length; i++) {
      d[i] = dims.get(i).asInt();
    }
    return Shape.of(d);
  }

  /** Labels as a tensor. */
  public static Tensor labels(JsonNode list) {
    Shape labels = shape(list);
    return Tensor.ofInts(labels.dims(), labels.rank());
  }

  /** Numbers, of nested lists too, in one row. */
  public static double[] numbers(JsonNode list) {
    return list.isArray()
        ? Stream.iterate(0, i -> i < list.size(), i -> i + 1)
            .flatMapToDouble(i -> Arrays.stream(numbers(list.get(i))))
            .toArray()
        : new double[] {list.asDouble()};
  }

  /** That all lie within {@code share} of the largest expected magnitude. */
  public static void assertClose(String what, JsonNode expected, double[] actual, double share) {
    double[] wanted = numbers(expected);
    assertEquals(wanted.length, actual.length, what);
    double largest = 0;
    for (double w : wanted) {
      largest = Math.max(largest, Math.abs(w));
    }
    for (int i = 0; i < wanted.length; i++) {
      int at = i;
      assertTrue(
          Math.abs(wanted[i] - actual[i]) <= share * largest,
          () -> what + " [" + at + "]: expected " + wanted[at] + ", got " + actual[at]);
    }
  }
}
