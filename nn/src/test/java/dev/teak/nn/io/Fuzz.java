package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Shows a reader files that are nearly right: real ones with bits flipped, cut, stretches doubled
 * or left out, lengths and numbers made huge. Each must end with an answer, or with the exception
 * that the reader documents and a line that names the file; and with no more memory than a file of
 * its size justifies. Seeds are fixed. {@code -Dfuzz.inputs} says how many files.
 */
public final class Fuzz {
  private static final int INPUTS = Integer.getInteger("fuzz.inputs", 300);
  private static final int MOST_IN_MESSAGE = 1000;

  /** What any reader may take, whatever it reads: buffers, a parser's tables. */
  private static final long BASE_BYTES = 32 << 20;

  /** Beside that so many for each byte of the file: deflate makes 1,032 of one. */
  private static final long BYTES_A_BYTE = 1 << 14;

  private static final String[] WORDS = {
    "null",
    "NaN",
    "-1",
    "0",
    "99999999999999999999",
    "1e999",
    "{}",
    "[]",
    "\"\"",
    "\u0000",
    "\uD800"
  };

  private final Path file;
  private final List<byte[]> seeds;
  private final List<Class<? extends Throwable>> documented;

  /** What is tried. */
  public interface Reader {
    /** Reads the file, gives back what it took, and fails as it documents. */
    void read(Path file) throws Exception;
  }

  private Fuzz(Path file, List<byte[]> seeds, List<Class<? extends Throwable>> documented) {
    this.file = file;
    this.seeds = seeds;
    this.documented = documented;
  }

  /**
   * Tries a reader.
   *
   * @param file where it looks; what is there is overwritten
   * @param seeds right files
   * @param documented what it may throw
   */
  @SafeVarargs
  public static void run(
      Path file, List<byte[]> seeds, Reader reader, Class<? extends Throwable>... documented)
      throws IOException {
    Fuzz fuzz = new Fuzz(file, seeds, List.of(documented));
    for (byte[] seed : seeds) {
      fuzz.requireRight(seed, reader);
    }
    for (int i = 0; i < INPUTS; i++) {
      fuzz.attempt(i, reader);
    }
  }

  private void requireRight(byte[] seed, Reader reader) throws IOException {
    Files.write(file, seed);
    try {
      reader.read(file);
    } catch (Exception e) {
      fail("a right file is refused: " + e, e);
    }
  }

  private void attempt(int number, Reader reader) throws IOException {
    Random random = new Random(number);
    byte[] input = seeds.get(random.nextInt(seeds.size()));
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      input = changed(input, random);
    }
    Files.write(file, input);
    long before = allocated();
    try {
      reader.read(file);
    } catch (Throwable e) {
      requireDocumented(number, input, e);
    }
    long took = allocated() - before;
    long allowed = BASE_BYTES + BYTES_A_BYTE * input.length;
    if (took > allowed) {
      fail("took " + took + " bytes: " + named(number, input));
    }
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private void requireDocumented(int number, byte[] input, Throwable e) {
    String message = String.valueOf(e.getMessage());
    boolean names = message.contains(file.getFileName().toString());
    if (documented.stream().noneMatch(kind -> kind.isInstance(e))) {
      fail("not documented: " + e + ": " + named(number, input), e);
    }
    if (!names || message.length() > MOST_IN_MESSAGE || message.contains("\n")) {
      fail("no line that names the file: " + e + ": " + named(number, input), e);
    }
  }

  private static String named(int number, byte[] input) {
    byte[] start = Arrays.copyOf(input, Math.min(input.length, 200));
    return "input " + number + " of " + input.length + " bytes: " + HexFormat.of().formatHex(start);
  }

  private static byte[] changed(byte[] input, Random random) {
    if (input.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    byte[] bytes = input.clone();
    int at = random.nextInt(bytes.length);
    int count = random.nextInt(Math.min(64, bytes.length - at) + 1);
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> bytes = Arrays.copyOf(bytes, at);
      case 3 -> bytes = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + count));
      case 4 -> bytes = spliced(bytes, at, at + count, new byte[0]);
      case 5 -> number(bytes, at, random);
      case 6 -> bytes = spliced(bytes, at, at + digits(bytes, at), word(random));
      default -> Arrays.fill(bytes, at, at + count, (byte) (random.nextBoolean() ? 0 : 0xFF));
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
    ByteBuffer all = ByteBuffer.allocate(bytes.length - (to - from) + between.length);
    all.put(bytes, 0, from).put(between).put(bytes, to, bytes.length - to);
    return all.array();
  }

  /** Where lengths are: a whole number of 4 or 8 bytes becomes one at the end of its range. */
  private static void number(byte[] bytes, int at, Random random) {
    long[] ends = {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, 1L << 40};
    byte[] number =
        ByteBuffer.allocate(8)
            .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
            .putLong(ends[random.nextInt(ends.length)])
            .array();
    int width = Math.min(random.nextBoolean() ? 4 : 8, bytes.length - at);
    System.arraycopy(number, 0, bytes, at, width);
  }

  /** How many digits of a number in a text stand here. */
  private static int digits(byte[] bytes, int at) {
    int end = at;
    while (end < bytes.length && Character.isDigit(bytes[end])) {
      end++;
    }
    return end - at;
  }

  private static byte[] word(Random random) {
    return WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
  }
}
