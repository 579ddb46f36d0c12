package dev.teak.nn.io;

import static dev.teak.nn.io.CheckpointException.quote;

import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The head of an .npy file: a magic word, a version, and a Python dictionary that says of what type
 * the elements are, how many axes there are, and in which order they lie.
 *
 * @param type of an element
 * @param order of the bytes of an element
 * @param fortran whether the first axis runs fastest
 * @param shape the extents
 * @param length bytes of the head itself
 */
record NpyHeader(Stored type, ByteOrder order, boolean fortran, Shape shape, int length) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGN = 64;
  private static final int MOST = 1 << 20;

  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*(['\"])(\\w+)\\1\\s*:\\s*"
              + "(?:'(?<text>[^']*)'|\"(?<quoted>[^\"]*)\"|(?<word>True|False)"
              + "|\\((?<extents>[\\d\\s,L]*)\\)|(?<list>\\[.*\\]))\\s*(,|$)");

  private static final Pattern TYPE = Pattern.compile("([<>=|])?([a-zA-Z?])(\\d*)");

  /** The head for a tensor as Teak holds it. */
  static ByteBuffer of(Tensor t) {
    String type =
        switch (t.dtype()) {
          case FLOAT32 -> "<f4";
          case FLOAT64 -> "<f8";
          case INT32 -> "<i4";
          case UINT8 -> "|u1";
        };
    int[] dims = t.shape().dims();
    String extents =
        Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(type, dims.length == 1 ? extents + "," : extents);
    int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
    String text = dictionary + " ".repeat((ALIGN - unpadded % ALIGN) % ALIGN) + "\n";
    ByteBuffer head =
        ByteBuffer.allocate(MAGIC.length + 4 + text.length()).order(ByteOrder.LITTLE_ENDIAN);
    head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) text.length());
    return head.put(text.getBytes(StandardCharsets.US_ASCII)).flip();
  }

  /** Reads a head, and leaves the stream at the first element. */
  static NpyHeader read(InputStream in) throws IOException {
    ByteBuffer start = bytes(in, MAGIC.length + 2);
    byte[] magic = new byte[MAGIC.length];
    start.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new CheckpointException("it does not begin with \\x93NUMPY");
    }
    int major = start.get();
    if (major < 1 || major > 3) {
      throw new CheckpointException("its format version is " + major + "; Teak reads 1 to 3");
    }
    int width = major == 1 ? 2 : 4;
    ByteBuffer size = bytes(in, width);
    long length = width == 2 ? size.getShort() & 0xFFFF : size.getInt() & 0xFFFFFFFFL;
    if (length > MOST) {
      throw new CheckpointException("its head claims " + length + " bytes");
    }
    byte[] text = bytes(in, (int) length).array();
    String dictionary =
        new String(text, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return parse(dictionary.strip(), MAGIC.length + 2 + width + (int) length);
  }

  private static ByteBuffer bytes(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new CheckpointException("it ends within its head");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static NpyHeader parse(String dictionary, int length) {
    String type = null;
    String fortran = null;
    String extents = null;
    boolean whole = dictionary.startsWith("{") && dictionary.endsWith("}");
    String inside = whole ? dictionary.substring(1, dictionary.length() - 1).strip() : "";
    Matcher entry = ENTRY.matcher(inside);
    int at = 0;
    Set<String> seen = new HashSet<>();
    while (at < inside.length() && entry.find(at) && entry.start() == at) {
      if (!seen.add(entry.group(2))) {
        throw new CheckpointException(
            "its head has '" + quote(entry.group(2)) + "' twice: " + quote(dictionary));
      }
      switch (entry.group(2)) {
        case "descr" ->
            type = firstOf(entry.group("text"), entry.group("quoted"), entry.group("list"));
        case "fortran_order" -> fortran = entry.group("word");
        case "shape" -> extents = entry.group("extents");
        default ->
            throw new CheckpointException("its head has an unknown entry: " + quote(dictionary));
      }
      at = entry.end();
    }
    if (at < inside.length() || type == null || fortran == null || extents == null) {
      throw new CheckpointException("its head is damaged: " + quote(dictionary));
    }
    return of(type, fortran.equals("True"), shape(extents), length);
  }

  private static String firstOf(String... options) {
    return Arrays.stream(options).filter(o -> o != null).findFirst().orElse(null);
  }

  private static Shape shape(String extents) {
    String[] parts =
        Arrays.stream(extents.replace("L", "").split(","))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toArray(String[]::new);
    int[] dims = new int[parts.length];
    try {
      for (int i = 0; i < dims.length; i++) {
        dims[i] = Integer.parseInt(parts[i]);
      }
      return Shape.of(dims);
    } catch (NumberFormatException | ShapeException e) {
      throw new CheckpointException(
          "its shape ("
              + quote(extents)
              + ") is none that Teak can hold: at most 2^31 - 1 elements");
    }
  }

  private static NpyHeader of(String type, boolean fortran, Shape shape, int length) {
    Matcher m = TYPE.matcher(type);
    Stored stored = m.matches() ? stored(m.group(2), m.group(3)) : null;
    if (stored == null) {
      throw new UnreadableException(
          "it holds elements of type '"
              + quote(type)
              + "'; Teak reads floats (f2, f4, f8), integers (i1 to i8, u1 to u8) and booleans (b1):"
              + " save it as one of these");
    }
    ByteOrder order =
        ">".equals(m.group(1))
            ? ByteOrder.BIG_ENDIAN
            : "=".equals(m.group(1)) ? ByteOrder.nativeOrder() : ByteOrder.LITTLE_ENDIAN;
    return new NpyHeader(stored, order, fortran, shape, length);
  }

  /** F32 for {@code f4} and so on; null for what there is not. */
  private static Stored stored(String kind, String width) {
    boolean sized = "fiu".contains(kind) && width.length() == 1;
    String bits = sized ? kind.toUpperCase(Locale.ROOT) + 8 * Integer.parseInt(width) : "";
    String name = (kind + width).equals("b1") ? "BOOL" : bits;
    return Arrays.stream(Stored.values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElse(null);
  }
}
