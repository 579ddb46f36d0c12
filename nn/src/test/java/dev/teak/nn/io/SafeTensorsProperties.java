package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is written comes back, and whatever is damaged is refused, never believed. */
class SafeTensorsProperties {
  private static Path folder;

  @BeforeContainer
  static void open() throws IOException {
    folder = Files.createTempDirectory("safetensors");
  }

  @AfterContainer
  static void close() throws IOException {
    Files.deleteIfExists(folder.resolve("w"));
    Files.delete(folder);
  }

  private static Path sample() throws IOException {
    Path file = folder.resolve("w");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    tensors.put("labels", Tensor.ofInts(new int[] {1, 2}, 2));
    SafeTensors.write(file, tensors, Map.of("format", "teak"));
    return file;
  }

  @Property(tries = 100)
  void anyNamesMetadataAndBitsComeBack(
      @ForAll @Size(max = 5) Map<@StringLength(max = 8) String, List<Float>> values,
      @ForAll @Size(max = 3) Map<String, String> metadata)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    values.forEach((name, v) -> tensors.put(name, Tensor.of(floats(v), v.size())));
    Path file = folder.resolve("w");
    SafeTensors.write(file, tensors, metadata);
    SafeTensors.Content content = SafeTensors.read(file);
    assertEquals(metadata, content.metadata());
    assertEquals(values.keySet(), content.tensors().keySet());
    values.forEach(
        (name, v) -> assertArrayEquals(floats(v), content.tensors().get(name).toFloats()));
  }

  private static float[] floats(List<Float> values) {
    float[] v = new float[values.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = values.get(i);
    }
    return v;
  }

  @Property(tries = 200)
  void aFileCutShortAnywhereIsRefused(@ForAll @IntRange(max = 10_000) int at) throws IOException {
    Path file = sample();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, at % whole.length));
    assertThrows(CheckpointException.class, () -> SafeTensors.read(file));
  }

  /** A flipped bit may change a value or a name, which no header can tell; nothing else happens. */
  @Property(tries = 1000)
  void aFlippedBitGivesAFileOrTheOneException(@ForAll @IntRange(max = 100_000) int bit)
      throws IOException {
    Path file = sample();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bit / 8 % bytes.length] ^= (byte) (1 << bit % 8);
    Files.write(file, bytes);
    try {
      assertEquals(2, SafeTensors.read(file).tensors().size());
    } catch (CheckpointException e) {
      // said what is wrong
    }
  }
}
