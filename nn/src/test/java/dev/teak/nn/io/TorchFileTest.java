package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
  @TempDir private Path folder;

  private static Map<String, Tensor> samples() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("conv.weight", new RandomStream(1, "w").normal(Shape.of(4, 3, 5, 5)));
    all.put("a name / with \u00e9", Tensor.of(new double[] {Double.NaN, -0.0, 1e-40}, 3));
    all.put("count", Tensor.ofInts(new int[] {Integer.MIN_VALUE}));
    all.put("empty", Tensor.zeros(0, 3));
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void whatIsWrittenIsReadBackToTheBit(String device) throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      Path file = folder.resolve("state.pt");
      TorchFile.write(file, samples());
      Map<String, Tensor> read = TorchFile.read(file);
      assertEquals(List.copyOf(samples().keySet()), List.copyOf(read.keySet()));
      samples()
          .forEach(
              (name, t) -> {
                assertEquals(t.shape(), read.get(name).shape());
                assertEquals(t.dtype(), read.get(name).dtype());
                if (t.dtype() == DType.INT32) {
                  assertArrayEquals(t.toInts(), read.get(name).toInts());
                } else {
                  assertArrayEquals(t.toDoubles(), read.get(name).toDoubles());
                }
              });
      byte[] bytes = Files.readAllBytes(file);
      TorchFile.write(file, read);
      assertArrayEquals(bytes, Files.readAllBytes(file), "the same tensors give the same bytes");
    }
  }

  /** A pickle in a zip as PyTorch makes it, beside a storage '0' of two floats, 1 and -2. */
  private Path zipped(byte... pickle) throws IOException {
    Path file = folder.resolve("made.pt");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      byte[] numbers = {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0};
      for (Map.Entry<String, byte[]> e :
          Map.of("made/data.pkl", pickle, "made/data/0", numbers).entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(e.getValue());
        ZipEntry entry = new ZipEntry(e.getKey());
        entry.setSize(e.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(e.getValue());
      }
    }
    return file;
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Text as a pickle has it. */
  private static String text(String value) {
    return "X" + (char) value.length() + "\0\0\0" + value;
  }

  private static String tensor(String arguments) {
    return "ctorch._utils\n_rebuild_tensor_v2\n(("
        + text("storage")
        + "ctorch\nFloatStorage\n"
        + text("0")
        + text("cpu")
        + "K\2tQ"
        + arguments
        + "\u0089}tR";
  }

  private String refusal(String pickle) {
    String said =
        assertThrows(CheckpointException.class, () -> TorchFile.read(zipped(latin(pickle))))
            .getMessage();
    assertEquals(1, said.lines().count(), said);
    return said;
  }

  @Test
  void aStateInACheckpointIsFoundAndViewsAreMadeWhole() throws IOException {
    String state = "}(" + text("w") + tensor("K\0K\2K\2\u0086K\0K\1\u0086") + "u";
    String checkpoint = "\u0080\2}(" + text("epoch") + "K\7" + text("state_dict") + state + "u.";
    Map<String, Tensor> read = TorchFile.read(zipped(latin(checkpoint)));
    assertEquals(Shape.of(2, 2), read.get("w").shape());
    assertArrayEquals(new double[] {1, -2, 1, -2}, read.get("w").toDoubles());
  }

  @ParameterizedTest
  @CsvSource({
    "'K\1K\2\u0085K\1\u0085', reaches beyond the 2 numbers",
    "'K\0K\2\u0085K\2\u0085', reaches beyond the 2 numbers",
    "'K\0K\2\u0085)', 1 sizes and 0 strides",
    "'K\0J\u00fe\u00ff\u00ff\u00ff\u0085K\1\u0085', size is -2",
    "'K\0J\0\0\0\177J\0\0\0\177\u0086K\0K\0\u0086', more than 2^31 elements",
    "'K\0J\0\0\0\1K\20\u0086K\0K\0\u0086', too many to be a state"
  })
  void aTensorOutsideItsStorageIsRefusedByName(String arguments, String why) {
    String said = refusal("\u0080\2}" + text("w") + tensor(arguments) + "s.");
    assertTrue(said.contains(why), said);
  }

  @ParameterizedTest
  @CsvSource({
    "'cos\nsystem\n.', os.system",
    "'ctorch._utils\n_rebuild_tensor_v2x\n.', torch._utils._rebuild_tensor_v2x",
    "'(ios\nsystem\n.', os.system",
    "'}b.', takes more from its stack",
    "'h\5.', 'recalls number 5'",
    "'t.', mark that it has not set",
    "'\u0082\1.', 0x82",
    "'}]K\1s.', as a key",
    "'].', 'holds ArrayList; tensors by name'",
    "'}', ends before its end mark",
    "'X\377\377\377\177.', announces 2147483647 bytes"
  })
  void aPickleThatIsNoStateIsRefusedInALine(String pickle, String why) {
    String said = refusal("\u0080\2" + pickle);
    assertTrue(said.contains(why), said);
  }

  @Test
  void depthCostsNoStackAndLengthEnds() {
    String deep = "]".repeat(200_000) + "a".repeat(199_999) + ".";
    assertTrue(refusal(deep).contains("tensors by name are expected"));
    assertTrue(refusal("}2".repeat(1 << 22)).contains("more than 4194304 opcodes"));
  }
}
