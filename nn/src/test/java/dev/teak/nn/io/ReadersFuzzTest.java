package dev.teak.nn.io;

import dev.teak.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of tensors that are nearly right. */
class ReadersFuzzTest {
  @TempDir Path folder;

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("0.weight", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
    all.put("labels", Tensor.ofInts(new int[] {1, 2, 3}, 3));
    return all;
  }

  private interface Writer {
    void write(Path file) throws IOException;
  }

  private byte[] written(Writer writer) throws IOException {
    Path file = folder.resolve("right");
    writer.write(file);
    return Files.readAllBytes(file);
  }

  private static void released(Map<String, Tensor> tensors) {
    tensors.values().forEach(Tensor::release);
  }

  /** Without the checksum, behind which nothing else would be tried. */
  @Test
  void safetensors() throws IOException {
    byte[] sealed = written(f -> SafeTensors.write(f, tensors(), Map.of("format", "teak")));
    String key = Seal.KEY;
    String text =
        new String(sealed, StandardCharsets.ISO_8859_1).replace(key, "x".repeat(key.length()));
    byte[] open = text.getBytes(StandardCharsets.ISO_8859_1);
    Fuzz.run(
        folder.resolve("some.safetensors"),
        List.of(open, sealed),
        f -> SafeTensors.read(f).release(),
        CheckpointException.class);
  }

  @Test
  void torchsZips() throws IOException {
    Fuzz.run(
        folder.resolve("some.pth"),
        List.of(written(f -> TorchFile.write(f, tensors()))),
        f -> released(TorchFile.read(f)),
        CheckpointException.class);
  }

  @Test
  void arrays() throws IOException {
    ByteArrayOutputStream doubles = new ByteArrayOutputStream();
    Npy.write(doubles, Tensor.of(new float[] {1, 2}, 1, 2));
    Fuzz.run(
        folder.resolve("some.npy"),
        List.of(doubles.toByteArray(), written(f -> Npy.write(f, Tensor.ofInts(new int[9], 3, 3)))),
        f -> Npy.read(f).release(),
        CheckpointException.class);
  }

  @Test
  void archivesOfArrays() throws IOException {
    Fuzz.run(
        folder.resolve("some.npz"),
        List.of(written(f -> Npz.write(f, tensors()))),
        f -> released(Npz.read(f)),
        CheckpointException.class);
  }
}
