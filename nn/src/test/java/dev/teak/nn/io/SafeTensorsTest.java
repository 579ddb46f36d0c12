package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  private static final Map<String, String> METADATA = Map.of("format", "teak", "layout", "nhwc");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.safetensors");
  }

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("0.weight", Tensor.of(new float[] {1, -0f, Float.MIN_VALUE, 4, 5, 6}, 2, 3));
    all.put("empty", Tensor.zeros(0, 3));
    all.put("scalar", Tensor.scalar(2.5));
    all.put("labels", Tensor.ofInts(new int[] {3, Integer.MIN_VALUE}, 2));
    return all;
  }

  private void raw(String header, int dataBytes) throws IOException {
    Files.write(file, raw(header, new byte[dataBytes]));
  }

  /** A file of this header and data. */
  static byte[] raw(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer b = ByteBuffer.allocate(8 + json.length + data.length);
    return b.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data).array();
  }

  /** What is wrong, after the file's name. */
  private String problem() {
    String message =
        assertThrows(CheckpointException.class, () -> SafeTensors.read(file)).getMessage();
    String start = file + ": not a safetensors file, or a damaged one: ";
    assertTrue(message.startsWith(start), message);
    assertFalse(message.contains("\n"), message);
    return message.substring(start.length());
  }

  @Test
  void whatIsWrittenIsReadBitForBit() throws IOException {
    SafeTensors.write(file, tensors(), METADATA);
    SafeTensors.Content content = SafeTensors.read(file);
    assertEquals(METADATA, content.metadata());
    assertEquals(List.copyOf(tensors().keySet()), List.copyOf(content.tensors().keySet()));
    assertArrayEquals(
        tensors().get("0.weight").toFloats(), content.tensors().get("0.weight").toFloats());
    assertEquals(Shape.of(0, 3), content.tensors().get("empty").shape());
    assertEquals(Shape.SCALAR, content.tensors().get("scalar").shape());
    assertArrayEquals(new int[] {3, Integer.MIN_VALUE}, content.tensors().get("labels").toInts());
  }

  @Test
  void doublesOfTheReferenceDeviceKeepEveryBit() throws IOException {
    try (Devices.Use use = Devices.use("reference")) {
      SafeTensors.write(file, Map.of("w", Tensor.of(new double[] {Math.PI, 1e-300}, 2)), Map.of());
      double[] read = SafeTensors.read(file).tensors().get("w").toDoubles();
      assertArrayEquals(new double[] {Math.PI, 1e-300}, read);
    }
  }

  @Test
  void aFileOfDoublesIsReadInTheWorkingTypeOfTheDevice() throws IOException {
    try (Devices.Use use = Devices.use("reference")) {
      SafeTensors.write(file, Map.of("w", Tensor.of(new double[] {Math.PI}, 1)), Map.of());
    }
    Tensor w = SafeTensors.read(file).tensors().get("w");
    assertEquals(DType.FLOAT32, w.dtype());
    assertEquals((float) Math.PI, w.toFloats()[0]);
  }

  @Test
  void tensorsLongerThanTheBufferAreReadWhole() throws IOException {
    Tensor w = new RandomStream(1, "w").uniform(Shape.of(700_001)); // 2.7 buffers of 1 MiB
    SafeTensors.write(file, Map.of("w", w), Map.of());
    assertArrayEquals(w.toFloats(), SafeTensors.read(file).tensors().get("w").toFloats());
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    SafeTensors.write(file, Map.of("w", Tensor.of(new float[] {1}, 1)), METADATA);
    String header =
        "{\"__metadata__\":{\"format\":\"teak\",\"layout\":\"nhwc\",\"teak.crc32c\":\"78115b41\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    long length = b.getLong();
    byte[] json = new byte[(int) length];
    b.get(json);
    assertEquals(0, length % 8);
    assertEquals(header, new String(json, StandardCharsets.UTF_8).stripTrailing());
    assertEquals(1, b.getFloat());
    assertFalse(b.hasRemaining());
  }

  /** The order of a map made by Map.of is another in every JVM; the file's must not be. */
  @Test
  void metadataIsWrittenInTheOrderOfItsNames() throws IOException {
    Map<String, String> there = new LinkedHashMap<>();
    Map<String, String> back = new LinkedHashMap<>();
    for (char c = 'a'; c <= 'j'; c++) {
      there.put("" + c, "x");
      back.put("" + (char) ('a' + 'j' - c), "x");
    }
    SafeTensors.write(file, tensors(), there);
    byte[] first = Files.readAllBytes(file);
    SafeTensors.write(file, tensors(), back);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void leftoversOfAKillGo() throws IOException {
    Files.write(folder.resolve(".teak-0011223344556677.tmp"), new byte[1000]);
    SafeTensors.write(file, tensors(), METADATA);
    assertEquals(4, SafeTensors.read(file).tensors().size());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  /** Only where the checksum's own name is hit, nothing is compared, and all else is as it was. */
  @Test
  void everyChangedBitIsSeen() throws IOException {
    SafeTensors.write(file, tensors(), METADATA);
    byte[] whole = Files.readAllBytes(file);
    int name = new String(whole, StandardCharsets.ISO_8859_1).indexOf(Seal.KEY);
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(file, changed);
      if (i < name || i >= name + Seal.KEY.length()) {
        assertThrows(CheckpointException.class, () -> SafeTensors.read(file), "byte " + i);
      }
    }
  }

  @Test
  void filesOfOthersHaveNoChecksumAndAreRead() throws IOException {
    raw("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
    assertEquals(0, SafeTensors.read(file).tensors().get("a").item());
  }

  @Test
  void aWriteThatFailsLeavesTheOldFile() throws IOException {
    SafeTensors.write(file, tensors(), METADATA);
    byte[] before = Files.readAllBytes(file);
    Map<String, Tensor> bad = tensors();
    Tensor released = Tensor.ones(3);
    bad.put("gone", released);
    released.release();
    assertThrows(IllegalStateException.class, () -> SafeTensors.write(file, bad, METADATA));
    assertArrayEquals(before, Files.readAllBytes(file));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void releasedContentIsGone() throws IOException {
    SafeTensors.write(file, tensors(), METADATA);
    SafeTensors.Content content = SafeTensors.read(file);
    content.release();
    assertThrows(IllegalStateException.class, () -> content.tensors().get("0.weight").toFloats());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void aFileTooShortForALengthSaysSo(int bytes) throws IOException {
    Files.write(file, new byte[bytes]);
    assertEquals(
        "has " + bytes + " bytes; the length of the header takes 8 to begin with", problem());
  }

  @ParameterizedTest
  @CsvSource({"-1, 18446744073709551615", "1, 1", "9, 9", "5000000000, 5000000000"})
  void anAbsurdHeaderLengthSaysWhatWouldFit(long length, String said) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(file, b.array());
    assertEquals(
        "announces a header of " + said + " bytes in a file of 16; 2 to 8 would fit", problem());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no json",
        "[1, 2]",
        "  {}",
        "{\"a\":",
        "{} {}",
        "{\"a\":1,\"a\":1}",
        "\u0000\u0000"
      })
  void aHeaderThatIsNoJsonObjectSaysSo(String header) throws IOException {
    raw(header, 0);
    assertTrue(problem().startsWith("its header is not a JSON object"), this::problem);
  }

  @Test
  void aHeaderNestedWithoutEndIsRefused() throws IOException {
    raw("{\"a\":" + "[".repeat(100_000), 0);
    assertTrue(problem().startsWith("its header is not a JSON object"), this::problem);
  }

  private String problemOf(String w, int dataBytes) throws IOException {
    raw("{\"w\":" + w + "}", dataBytes);
    return problem();
  }

  static String entry(String dtype, String shape, String offsets) {
    return "{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  }

  @Test
  void aDtypeThatIsNoneIsDamage() throws IOException {
    assertEquals("tensor 'w' has dtype missing, but should have text", problemOf("{}", 0));
    assertTrue(problemOf("3", 0).contains("dtype missing"));
    assertTrue(problemOf(entry("32", "[1]", "[0,4]"), 4).contains("has dtype 32"));
  }

  @Test
  void whatIsRepeatedOfAFileIsShortAndInOneLine() throws IOException {
    String name = "n".repeat(1_000_000);
    raw("{\"" + name + "\":{}}", 0);
    assertTrue(problem().length() < 300, this::problem);
    raw("{\"" + name + "\":1,\"" + name + "\":1}", 0);
    assertTrue(problem().length() < 300, this::problem);
    raw("{\"a\\nb\":3}", 0);
    assertEquals("tensor 'a?b' has dtype missing, but should have text", problem());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[-1]",
        "[1.5]",
        "[\"1\"]",
        "[4294967297]",
        "[65536,65536]",
        "3",
        "null",
        "[0,9e99]"
      })
  void aShapeThatIsNoneIsRefused(String shape) throws IOException {
    String problem = problemOf(entry("\"F32\"", shape, "[0,4]"), 4);
    assertTrue(problem.startsWith("tensor 'w' has the shape " + shape.substring(0, 1)), problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0,8]",
        "[4,0]",
        "[-4,0]",
        "[0]",
        "[0,4,8]",
        "[\"0\",\"4\"]",
        "[0.5,4.5]",
        "null",
        "[0,1e99]",
        "[9223372036854775807,-9223372036854775805]"
      })
  void offsetsThatDoNotFitTheShapeAreRefused(String offsets) throws IOException {
    assertTrue(problemOf(entry("\"F32\"", "[1]", offsets), 4).contains("the data offsets "));
  }

  private String problemOfTwo(int secondBegin, int dataBytes) throws IOException {
    String first = entry("\"F32\"", "[2]", "[0,8]");
    String second = entry("\"F32\"", "[1]", "[" + secondBegin + "," + (secondBegin + 4) + "]");
    raw("{\"a\":" + first + ",\"b\":" + second + "}", dataBytes);
    return problem();
  }

  @Test
  void overlapsGapsAndLooseEndsAreRefused() throws IOException {
    assertEquals(
        "tensor 'b' begins at byte 4 of the data, inside another; expected 8", problemOfTwo(4, 8));
    assertEquals(
        "tensor 'b' begins at byte 12 of the data, after a gap; expected 8", problemOfTwo(12, 16));
    assertEquals("its tensors take 12 bytes, but 11 follow the header", problemOfTwo(8, 11));
    assertEquals("its tensors take 12 bytes, but 16 follow the header", problemOfTwo(8, 16));
  }

  @Test
  void metadataThatIsNoTextIsRefused() throws IOException {
    raw("{\"__metadata__\":5}", 0);
    assertEquals("__metadata__ is no JSON object, but should map text to text", problem());
    raw("{\"__metadata__\":{\"a\":{}}}", 0);
    assertEquals("__metadata__ 'a' is {}, but should be text", problem());
  }
}
