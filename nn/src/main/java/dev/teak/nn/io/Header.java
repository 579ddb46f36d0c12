package dev.teak.nn.io;

import static dev.teak.nn.io.CheckpointException.quote;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON at the head of a safetensors file, made or believed. Nothing is taken on trust: a header
 * that gets through describes tensors that can be made, and each byte of the data just once.
 */
record Header(List<Entry> entries, Map<String, String> metadata) {
  private static final String METADATA = "__metadata__";
  private static final int ALIGN = 8;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** A tensor and where its bytes lie, counted from the end of the header. */
  record Entry(String name, Stored type, Shape shape, long begin, long end) {}

  /** The header for these tensors in their order, its length before it. */
  static ByteBuffer of(Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode meta = root.putObject(METADATA);
      new TreeMap<>(metadata).forEach(meta::put); // a map may have another order in another JVM
    }
    long at = 0;
    for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
      Tensor t = e.getValue();
      long end = at + (long) t.shape().size() * t.dtype().bytes();
      describe(root, e.getKey(), t).putArray("data_offsets").add(at).add(end);
      at = end;
    }
    byte[] json = JSON.writeValueAsBytes(root);
    int padded = (json.length + ALIGN - 1) / ALIGN * ALIGN;
    ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(padded).put(json);
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.flip();
  }

  private static ObjectNode describe(ObjectNode root, String name, Tensor t) {
    if (name.equals(METADATA)) {
      throw new IllegalArgumentException("safetensors: no tensor can be named " + METADATA);
    }
    ObjectNode node = root.putObject(name);
    node.put("dtype", nameOf(t.dtype()));
    ArrayNode extents = node.putArray("shape");
    for (int d : t.shape().dims()) {
      extents.add(d);
    }
    return node;
  }

  private static String nameOf(DType type) {
    return switch (type) {
      case FLOAT32 -> "F32";
      case FLOAT64 -> "F64";
      case INT32 -> "I32";
      case UINT8 -> throw new IllegalArgumentException("safetensors: UINT8 tensors are not stored");
    };
  }

  /**
   * The header that {@code json} is, for so many bytes of data.
   *
   * @throws CheckpointException saying what is wrong with it
   */
  static Header parse(byte[] json, long dataBytes) {
    JsonNode root = object(json);
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> e : root.properties()) {
      if (e.getKey().equals(METADATA)) {
        metadata(e.getValue(), metadata);
      } else {
        entries.add(entry(e.getKey(), e.getValue()));
      }
    }
    requireCover(entries, dataBytes);
    return new Header(entries, metadata);
  }

  private static JsonNode object(byte[] json) {
    try {
      JsonNode root = json[0] == '{' ? JSON.readTree(json) : null;
      if (root != null && root.isObject()) {
        return root;
      }
      throw new CheckpointException("its header is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          "its header is not a JSON object: "
              + quote(e.getOriginalMessage().lines().findFirst().get()));
    } catch (IOException e) {
      throw new CheckpointException("its header is not text: " + e.getMessage()); // broken UTF-8
    }
  }

  private static void metadata(JsonNode node, Map<String, String> into) {
    if (!node.isObject()) {
      throw new CheckpointException(METADATA + " is no JSON object, but should map text to text");
    }
    for (Map.Entry<String, JsonNode> m : node.properties()) {
      if (!m.getValue().isTextual()) {
        throw new CheckpointException(
            METADATA
                + " '"
                + quote(m.getKey())
                + "' is "
                + text(m.getValue())
                + ", but should be text");
      }
      into.put(m.getKey(), m.getValue().textValue());
    }
  }

  private static Entry entry(String name, JsonNode node) {
    Stored type = type(name, node.path("dtype"));
    Shape shape = shape(name, node.path("shape"));
    JsonNode offsets = node.path("data_offsets");
    long bytes = (long) shape.size() * type.bytes();
    long begin = offset(offsets.path(0));
    long end = offset(offsets.path(1));
    boolean fits = offsets.isArray() && offsets.size() == 2 && begin >= 0 && end >= begin;
    if (!fits || end - begin != bytes) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "tensor '%s' %s of %s has the data offsets %s; expected a begin and an end %d bytes on",
              quote(name),
              shape,
              type,
              text(offsets),
              bytes));
    }
    return new Entry(name, type, shape, begin, end);
  }

  /** A whole number from 0, else -1. */
  private static long offset(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? node.asLong() : -1;
  }

  private static Stored type(String name, JsonNode node) {
    if (!node.isTextual()) {
      throw new CheckpointException(
          "tensor '" + quote(name) + "' has dtype " + text(node) + ", but should have text");
    }
    return Arrays.stream(Stored.values())
        .filter(type -> type.name().equals(node.textValue()))
        .findFirst()
        .orElseThrow(
            () ->
                new UnreadableException(
                    "tensor '"
                        + quote(name)
                        + "' holds "
                        + quote(node.textValue())
                        + ", which Teak does not read; it reads "
                        + Arrays.toString(Stored.values())));
  }

  private static Shape shape(String name, JsonNode extents) {
    int[] dims = new int[extents.size()];
    long size = 1;
    boolean fits = extents.isArray();
    for (int i = 0; i < dims.length; i++) {
      JsonNode d = extents.get(i);
      fits &= d.isIntegralNumber() && d.canConvertToInt() && d.asInt() >= 0;
      dims[i] = d.asInt();
      size *= Math.max(0, dims[i]);
      fits &= size <= Integer.MAX_VALUE;
      size = Math.min(size, Integer.MAX_VALUE + 1L);
    }
    if (!fits) {
      throw new CheckpointException(
          "tensor '"
              + quote(name)
              + "' has the shape "
              + text(extents)
              + "; extents are whole, 0 or more, and their product below 2^31");
    }
    return Shape.of(dims);
  }

  private static String text(JsonNode node) {
    return quote(node.isMissingNode() ? "missing" : node.toString());
  }

  private static void requireCover(List<Entry> entries, long size) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry e : sorted) {
      if (e.begin != at) {
        throw new CheckpointException(
            String.format(
                Locale.ROOT,
                "tensor '%s' begins at byte %d of the data, %s; expected %d",
                quote(e.name),
                e.begin,
                e.begin < at ? "inside another" : "after a gap",
                at));
      }
      at = e.end;
    }
    if (at != size) {
      throw new CheckpointException(
          "its tensors take " + at + " bytes, but " + size + " follow the header");
    }
  }
}
