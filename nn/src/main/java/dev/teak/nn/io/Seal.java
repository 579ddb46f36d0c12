package dev.teak.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A checksum of a whole safetensors file in its own metadata: CRC-32C of all bytes, its own eight
 * digits counted as zeros. Files of others have none and are read without.
 */
final class Seal {
  static final String KEY = "teak.crc32c";
  private static final String OPEN = "00000000";
  private static final byte[] BEFORE = ("\"" + KEY + "\":\"").getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK = 1 << 20;

  private final CRC32C sum = new CRC32C();

  /** Metadata with room for a checksum. */
  static Map<String, String> open(Map<String, String> metadata) {
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(KEY, OPEN);
    return all;
  }

  /** Counts bytes in their order; the buffer stays as it is. */
  void add(ByteBuffer bytes) {
    sum.update(bytes.duplicate());
  }

  /** Puts the checksum of all that was added where {@code header} has room for it. */
  void close(FileChannel out, ByteBuffer header) throws IOException {
    out.write(ByteBuffer.wrap(digits().getBytes(StandardCharsets.US_ASCII)), at(header));
  }

  private String digits() {
    return String.format(Locale.ROOT, "%08x", sum.getValue());
  }

  /** Where the digits are in a header; -1 where it has none. Quotes in texts are escaped. */
  private static int at(ByteBuffer header) {
    for (int i = 0; i + BEFORE.length + OPEN.length() <= header.capacity(); i++) {
      if (header.get(i) == BEFORE[0]
          && header.slice(i, BEFORE.length).equals(ByteBuffer.wrap(BEFORE))) {
        return i + BEFORE.length;
      }
    }
    return -1;
  }

  /**
   * Reads a file to its end and compares.
   *
   * @param header its first bytes, as many as its header takes
   * @param digits what the metadata has
   * @throws CheckpointException if any byte is another than was written
   */
  static void require(FileChannel in, ByteBuffer header, String digits) throws IOException {
    int at = at(header);
    Seal seal = new Seal();
    if (at >= 0) {
      ByteBuffer zeroed = ByteBuffer.wrap(header.array().clone());
      zeroed.put(at, OPEN.getBytes(StandardCharsets.US_ASCII));
      seal.add(zeroed);
      in.position(header.capacity());
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
      while (in.read(chunk) >= 0) {
        seal.add(chunk.flip());
        chunk.clear();
      }
    }
    if (at < 0 || !seal.digits().equals(digits)) {
      throw new CheckpointException(
          "its checksum is not that of its bytes: some were changed after it was written");
    }
  }
}
