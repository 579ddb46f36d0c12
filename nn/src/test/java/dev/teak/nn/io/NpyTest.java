package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  @TempDir private Path folder;

  private Path file(byte... content) throws IOException {
    return Files.write(folder.resolve("a.npy"), content);
  }

  private static double[] values(Tensor t) {
    return t.dtype().isFloat()
        ? t.toDoubles()
        : Arrays.stream(t.toInts()).asDoubleStream().toArray();
  }

  private static double[] numbers(String text) {
    return text == null
        ? new double[0]
        : Stream.of(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "numpy.csv", delimiter = '|')
  void whatNumPyWroteIsRead(String what, String base64, String shape, String elements)
      throws IOException {
    try (Devices.Use use = Devices.use("reference")) {
      Tensor t = Npy.read(file(Base64.getDecoder().decode(base64)));
      int[] dims = Arrays.stream(numbers(shape)).mapToInt(d -> (int) d).toArray();
      assertEquals(Shape.of(dims), t.shape());
      assertArrayEquals(numbers(elements), values(t), what);
    }
  }

  /** {@code images=[[0, 1], [2, 3]] as f4, labels=[3, 1] as i8}, by NumPy 2.4.6. */
  private static byte[] archive(String name) throws IOException {
    try (InputStream in = NpyTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  /** By {@code np.savez} and by {@code np.savez_compressed}. */
  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "compressed.npz"})
  void numPysArchivesAreRead(String name) throws IOException {
    Map<String, Tensor> arrays = Npz.read(Files.write(folder.resolve(name), archive(name)));
    assertEquals(List.of("images", "labels"), List.copyOf(arrays.keySet()));
    assertEquals(Shape.of(2, 2), arrays.get("images").shape());
    assertArrayEquals(new double[] {0, 1, 2, 3}, values(arrays.get("images")));
    assertEquals(DType.INT32, arrays.get("labels").dtype());
    assertArrayEquals(new double[] {3, 1}, values(arrays.get("labels")));
  }

  private static Map<String, Tensor> samples() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("matrix", new RandomStream(1, "npy").normal(Shape.of(3, 50_000))); // several chunks
    all.put("scalar", Tensor.scalar(-0.1));
    all.put("vector", Tensor.of(new double[] {1e-30, Double.NaN, Double.NEGATIVE_INFINITY}, 3));
    all.put("ints", Tensor.ofInts(new int[] {Integer.MIN_VALUE, 0, Integer.MAX_VALUE, 7}, 2, 2));
    all.put("empty", Tensor.zeros(0, 3));
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void whatIsWrittenIsReadBackToTheBit(String device) throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      Path npz = folder.resolve("all.npz");
      Npz.write(npz, samples());
      byte[] bytes = Files.readAllBytes(npz);
      Map<String, Tensor> read = Npz.read(npz);
      for (Map.Entry<String, Tensor> e : samples().entrySet()) {
        Tensor t = e.getValue();
        Path npy = folder.resolve(e.getKey() + ".npy");
        Npy.write(npy, t);
        for (Tensor back : List.of(Npy.read(npy), read.get(e.getKey()))) {
          assertEquals(t.shape(), back.shape());
          assertEquals(t.dtype(), back.dtype());
          assertArrayEquals(values(t), values(back), e.getKey());
        }
      }
      Npz.write(npz, samples());
      assertArrayEquals(bytes, Files.readAllBytes(npz), "the same arrays give the same bytes");
    }
  }

  /** Against NumPy itself, where this machine has it. */
  @Test
  void numPyReadsWhatIsWritten() throws IOException, InterruptedException {
    Npz.write(folder.resolve("all.npz"), samples());
    Npy.write(folder.resolve("ints.npy"), samples().get("ints"));
    String check =
        """
        import numpy as np, sys
        z = np.load('all.npz')
        assert z.files == ['matrix', 'scalar', 'vector', 'ints', 'empty'], z.files
        assert z['matrix'].shape == (3, 50000) and z['matrix'].dtype == np.float32
        assert z['scalar'].shape == () and z['scalar'] == np.float32(-0.1)
        assert np.isnan(z['vector'][1]) and z['vector'][2] == -np.inf
        assert z['empty'].shape == (0, 3)
        i = np.load('ints.npy')
        assert i.dtype == np.int32 and i.tolist() == [[-2**31, 0], [2**31 - 1, 7]], i
        print(repr(float(z['matrix'].astype('f8').sum())))
        """;
    String said = python(check);
    double expected = Arrays.stream(values(samples().get("matrix"))).sum();
    assertEquals(expected, Double.parseDouble(said), 1e-6);
  }

  private String python(String program) throws IOException, InterruptedException {
    assumeTrue(runs("import numpy"), "this machine has no python3 with numpy");
    Process p = start(program);
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, p.waitFor(), said);
    return said.strip();
  }

  private boolean runs(String program) throws InterruptedException {
    try {
      Process p = start(program);
      p.getInputStream().readAllBytes();
      return p.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Process start(String program) throws IOException {
    return new ProcessBuilder("python3", "-c", program)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
  }

  // --- what is wrong with a file ---

  private static byte[] npy(String dictionary, int dataBytes) {
    byte[] text = (dictionary + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer b = ByteBuffer.allocate(10 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    b.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    return b.putShort((short) text.length).put(text).array();
  }

  private void assertRefused(byte[] content, String... parts) throws IOException {
    Path file = file(content);
    String message = assertThrows(CheckpointException.class, () -> Npy.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": not an .npy file, or one that"), message);
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is missing in: " + message);
    }
  }

  @Test
  void headsThatAreNoneAreRefused() throws IOException {
    assertRefused(new byte[0], "it ends within its head");
    assertRefused("PK, a zip".getBytes(StandardCharsets.US_ASCII), "does not begin with");
    byte[] good = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8);
    assertEquals(Shape.of(2), Npy.read(file(good)).shape());
    for (int cut = 0; cut < good.length; cut++) {
      assertRefused(Arrays.copyOf(good, cut));
    }
    byte[] version = good.clone();
    version[6] = 9;
    assertRefused(version, "its format version is 9; Teak reads 1 to 3");
    byte[] huge = good.clone();
    huge[6] = 2;
    huge[11] = (byte) 0xFF;
    assertRefused(huge, "its head claims");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{'descr': '<f4'}",
        "'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} and more",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'color': 'red'}",
        "{'descr': '>f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': True, 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,) 'x': 'y'}"
      })
  void damagedDictionariesAreRefused(String dictionary) throws IOException {
    assertRefused(npy(dictionary, 8), "head");
  }

  @Test
  void anEntryThatIsThereTwiceIsNamed() throws IOException {
    assertRefused(
        npy("{'descr': '>f4', \"descr\": '<f4', 'fortran_order': False, 'shape': (1,)}", 4),
        "its head has 'descr' twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'%s': 1}",
        "{'descr': '%s', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,)}",
        "{'descr': '<f4', 'descr': '%s', 'fortran_order': False, 'shape': (2,)}",
        "{'%1$s': '<f4', '%1$s': '<f4'}",
      })
  void aLongHeadIsNotRepeatedWhole(String dictionary) throws IOException {
    Path file = file(npy(dictionary.formatted("9".repeat(20_000)), 8));
    String message = assertThrows(CheckpointException.class, () -> Npy.read(file)).getMessage();
    assertTrue(message.length() < file.toString().length() + 400, message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void shapesThatDoNotFitTheFileAreRefusedBeforeMemoryIsAsked() throws IOException {
    String head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s)}";
    assertRefused(npy(head.formatted("3,"), 8), "its shape [3] takes 12 bytes, there are 8");
    assertRefused(npy(head.formatted("1,"), 8), "takes 4 bytes, there are 8");
    assertRefused(npy(head.formatted("2000000000,"), 8), "takes 8000000000 bytes, there are 8");
    assertRefused(npy(head.formatted("99999, 99999"), 8), "at most 2^31 - 1 elements");
    assertRefused(npy(head.formatted("99999999999,"), 8), "at most 2^31 - 1 elements");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'<c8'",
        "'|O'",
        "'<U4'",
        "'|S3'",
        "'<M8'",
        "'<f16'",
        "'<i3'",
        "'f'",
        "''",
        "[('a', '<f4'), ('b', '<i4')]"
      })
  void typesThatTeakHasNotAreNamed(String type) throws IOException {
    byte[] content = npy("{'descr': " + type + ", 'fortran_order': False, 'shape': (1,)}", 8);
    assertRefused(content, "it holds elements of type", "f2, f4, f8");
  }

  @Test
  void integersBeyond32BitsAreNamed() throws IOException {
    byte[] content = npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,)}", 16);
    content[content.length - 4] = 1; // 2^32 as the second element
    assertRefused(content, "element 1 is 4294967296, beyond the 32 bits");
    byte[] unsigned = npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1,)}", 8);
    Arrays.fill(unsigned, unsigned.length - 8, unsigned.length, (byte) 0xFF);
    assertRefused(unsigned, "element 0 is 18446744073709551615");
  }

  @Test
  void damagedArchivesAreRefusedAndGiveTheirMemoryBack() throws IOException {
    byte[] good = archive("stored.npz");
    Path file = folder.resolve("a.npz");
    long before = Devices.current().bytesInUse();
    for (int cut : new int[] {0, 10, good.length / 2, good.length - 1}) {
      Files.write(file, Arrays.copyOf(good, cut));
      String message = assertThrows(CheckpointException.class, () -> Npz.read(file)).getMessage();
      assertTrue(message.startsWith(file + ": not an .npz file"), message);
    }
    byte[] flipped = good.clone();
    int directory = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(good.length - 6);
    flipped[directory - 8] ^= 1; // in the last array's last element
    Files.write(file, flipped);
    String message = assertThrows(CheckpointException.class, () -> Npz.read(file)).getMessage();
    assertTrue(message.contains("member labels.npy: its checksum is wrong"), message);
    assertEquals(before, Devices.current().bytesInUse());
  }

  @Test
  void anArchiveWithTwoArraysOfOneNameIsRefusedAndGivesItsMemoryBack() throws IOException {
    Path file = folder.resolve("a.npz");
    Map<String, Tensor> two = new LinkedHashMap<>();
    two.put("aa", Tensor.ones(2));
    two.put("bb", Tensor.ones(2));
    Npz.write(file, two);
    String renamed =
        Files.readString(file, StandardCharsets.ISO_8859_1).replace("bb.npy", "aa.npy");
    Files.writeString(file, renamed, StandardCharsets.ISO_8859_1);
    long before = Devices.current().bytesInUse();
    String message = assertThrows(CheckpointException.class, () -> Npz.read(file)).getMessage();
    assertTrue(message.endsWith("there are two arrays named 'aa' in it"), message);
    assertEquals(before, Devices.current().bytesInUse());
  }

  @Test
  void anArchiveWithoutArraysIsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var zip = new java.util.zip.ZipOutputStream(bytes)) {
      zip.putNextEntry(new java.util.zip.ZipEntry("readme.txt"));
    }
    Path file = Files.write(folder.resolve("a.npz"), bytes.toByteArray());
    String message = assertThrows(CheckpointException.class, () -> Npz.read(file)).getMessage();
    assertTrue(message.contains("there is no array in it"), message);
  }

  @Test
  void aWriteThatFailsLeavesWhatWasThere() throws IOException {
    Path file = file(new byte[] {1, 2, 3});
    Tensor gone = Tensor.ones(3);
    gone.release();
    assertThrows(IllegalStateException.class, () -> Npy.write(file, gone));
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(file));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(1, left.count());
    }
  }
}
