package dev.teak.nn.io;

import static dev.teak.nn.io.SafeTensorsTest.entry;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.Tensor;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The types of numbers that others write, in the bytes of the format. */
class SafeTensorsTypesTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.safetensors");
  }

  private interface Fill {
    void into(ByteBuffer data);
  }

  private void write(String header, int dataBytes, Fill fill) throws IOException {
    byte[] data = new byte[dataBytes];
    fill.into(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
    Files.write(file, SafeTensorsTest.raw(header, data));
  }

  private void write(String dtype, int count, int width, Fill fill) throws IOException {
    int bytes = count * width;
    String w = entry('"' + dtype + '"', "[" + count + "]", "[0," + bytes + "]");
    write("{\"w\":" + w + "}", bytes, fill);
  }

  private Tensor two(String dtype, int width, Fill fill) throws IOException {
    write(dtype, 2, width, fill);
    return SafeTensors.read(file).tensors().get("w");
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void integersOfAnyWidthAreReadWhereTheyFit(String device) throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      int least = Integer.MIN_VALUE;
      int most = Integer.MAX_VALUE;
      assertInts(two("I64", 8, b -> b.putLong(least).putLong(most)), least, most);
      assertInts(two("I32", 4, b -> b.putInt(least).putInt(most)), least, most);
      assertInts(two("I16", 2, b -> b.putShort((short) -2).putShort((short) 9)), -2, 9);
      assertInts(two("I8", 1, b -> b.put((byte) -2).put((byte) 9)), -2, 9);
      assertInts(two("U64", 8, b -> b.putLong(0).putLong(most)), 0, most);
      assertInts(two("U32", 4, b -> b.putInt(0).putInt(most)), 0, most);
      assertInts(two("U16", 2, b -> b.putShort((short) -2).putShort((short) 9)), 65534, 9);
      assertInts(two("U8", 1, b -> b.put((byte) -2).put((byte) 9)), 254, 9);
    }
  }

  private static void assertInts(Tensor t, int... expected) {
    assertEquals(DType.INT32, t.dtype());
    assertArrayEquals(expected, t.toInts());
  }

  /** 1.5 is 0x3E00 and the largest half 65504 is 0x7BFF; -pi begins with 0xC049 as an F32. */
  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void halvesAndBooleansAreReadAsFloats(String device) throws IOException {
    float inf = Float.POSITIVE_INFINITY;
    try (Devices.Use use = Devices.use(device)) {
      assertFloats(shorts("F16", 0x3E00, 0x7BFF), 1.5f, 65504);
      assertFloats(shorts("F16", 0xFC00, 1), -inf, 0x1p-24f);
      assertFloats(shorts("BF16", 0xC049, 0x7F80), -3.140625f, inf);
      assertFloats(shorts("BF16", 1, 0x8000), 0x1p-133f, -0f);
      assertFloats(two("BOOL", 1, b -> b.put((byte) 1).put((byte) 0)), 1, 0);
    }
  }

  private Tensor shorts(String dtype, int first, int second) throws IOException {
    return two(dtype, 2, b -> b.putShort((short) first).putShort((short) second));
  }

  private static void assertFloats(Tensor t, float... expected) {
    assertEquals(Devices.current().floatType(), t.dtype());
    assertArrayEquals(expected, t.toFloats());
  }

  @Test
  void halvesLongerThanTheBufferAreReadWhole() throws IOException {
    int n = 700_001; // 1.3 buffers of 1 MiB
    write("BF16", n, 2, b -> b.putShort(2 * n - 2, (short) 0x4000));
    float[] expected = new float[n];
    expected[n - 1] = 2;
    assertFloats(SafeTensors.read(file).tensors().get("w"), expected);
  }

  /** What torchvision's batch norms come with: a counter of batches, a scalar of 64 bits. */
  @Test
  void aBatchNormOfPyTorchIsReadAndLoaded() throws IOException {
    String[] names = {"weight", "bias", "running_mean", "running_var"};
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < names.length; i++) {
      String offsets = "[" + 8 * i + "," + (8 * i + 8) + "]";
      header.append("\"0." + names[i] + "\":" + entry("\"F32\"", "[2]", offsets) + ",");
    }
    header.append("\"0.num_batches_tracked\":" + entry("\"I64\"", "[]", "[32,40]") + "}");
    write(
        header.toString(),
        40,
        b -> {
          for (int i = 1; i <= 8; i++) {
            b.putFloat(i);
          }
          b.putLong(9);
        });
    SafeTensors.Content content = SafeTensors.read(file);
    assertArrayEquals(new int[] {9}, content.tensors().get("0.num_batches_tracked").toInts());
    Module model = new Sequential(new BatchNorm(2));
    model.loadStateDict(content.tensors());
    assertArrayEquals(new float[] {5, 6}, model.stateDict().get("0.running_mean").toFloats());
  }

  // --- what is whole, but cannot be read ---

  /** What is said, after the file's name. */
  private String problem() {
    String message =
        assertThrows(CheckpointException.class, () -> SafeTensors.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": tensor "), message);
    assertFalse(message.contains("damaged"), message);
    return message.substring((file + ": ").length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "F4", "C64"})
  void aTypeThatTeakDoesNotReadIsNamedAndNotCalledDamage(String dtype) throws IOException {
    write(dtype, 2, 1, b -> {});
    assertEquals(
        "tensor 'w' holds "
            + dtype
            + ", which Teak does not read; it reads [F64, F32, F16, BF16, I64, I32, I16, I8, U64,"
            + " U32, U16, U8, BOOL]",
        problem());
  }

  @Test
  void aLongTypeIsNotRepeatedWhole() throws IOException {
    write("n".repeat(1_000_000), 2, 1, b -> {});
    assertTrue(problem().length() < 300, this::problem);
  }

  private void afterAnother(String dtype, long value) throws IOException {
    String ok = "\"ok\":" + entry("\"F32\"", "[2]", "[0,8]");
    String w = "\"w\":" + entry('"' + dtype + '"', "[2]", "[8,24]");
    write("{" + ok + "," + w + "}", 24, b -> b.putLong(16, value));
  }

  @Test
  void integersBeyond32BitsAreNamedAndWhatWasReadBeforeIsGivenBack() throws IOException {
    long before = Devices.current().bytesInUse();
    afterAnother("I64", 1L << 32);
    assertEquals(
        "tensor 'w': element 1 is 4294967296, beyond the 32 bits of Teak's integers; save it as"
            + " floats",
        problem());
    afterAnother("I64", Long.MIN_VALUE);
    assertTrue(problem().contains("element 1 is -9223372036854775808"), this::problem);
    afterAnother("U64", -1);
    assertTrue(problem().contains("element 1 is 18446744073709551615"), this::problem);
    assertEquals(before, Devices.current().bytesInUse());
  }
}
