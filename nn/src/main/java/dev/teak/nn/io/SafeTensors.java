package dev.teak.nn.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, then the
 * tensors' bytes one behind the other. Tensors are stored as Teak holds them (convolution weights
 * {@code [K, R, S, C]}), floats as F32 or, from the reference device, F64. The same tensors give
 * the same bytes.
 */
public final class SafeTensors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ALIGN = 8;
  private static final long MOST_HEADER = 100_000_000;

  /**
   * What a file holds.
   *
   * @param tensors by name, on the current device
   * @param metadata free text by name
   */
  public record Content(Map<String, Tensor> tensors, Map<String, String> metadata) {}

  private record Entry(String name, String dtype, Shape shape, long begin, long end) {}

  private SafeTensors() {}

  /**
   * Writes a file, whole or not at all: to a temporary file beside it, flushed to the disk,
   * renamed.
   *
   * @throws IOException if the disk does not take it; what was there before stays
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeFully(out, header(tensors, metadata));
      for (Tensor t : tensors.values()) {
        writeFully(out, bytes(t));
      }
      out.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static ByteBuffer header(Map<String, Tensor> tensors, Map<String, String> metadata)
      throws JsonProcessingException {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode meta = root.putObject("__metadata__");
      metadata.forEach(meta::put);
    }
    long at = 0;
    for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
      Tensor t = e.getValue();
      ObjectNode node = root.putObject(e.getKey());
      node.put("dtype", nameOf(t.dtype()));
      ArrayNode extents = node.putArray("shape");
      for (int d : t.shape().dims()) {
        extents.add(d);
      }
      long end = at + (long) t.shape().size() * t.dtype().bytes();
      node.putArray("data_offsets").add(at).add(end);
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

  private static ByteBuffer bytes(Tensor t) {
    int n = t.shape().size();
    ByteBuffer b = ByteBuffer.allocate(n * t.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    switch (t.dtype()) {
      case FLOAT32 -> b.asFloatBuffer().put(t.toFloats());
      case FLOAT64 -> b.asDoubleBuffer().put(t.toDoubles());
      case INT32 -> b.asIntBuffer().put(t.toInts());
      case UINT8 -> throw new IllegalArgumentException("safetensors: UINT8 tensors are not stored");
    }
    return b;
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static String nameOf(DType type) {
    return switch (type) {
      case FLOAT32 -> "F32";
      case FLOAT64 -> "F64";
      case INT32 -> "I32";
      case UINT8 -> "U8";
    };
  }

  /**
   * Reads a file onto the current device, in its working type; the tensors belong to no scope.
   *
   * @throws CheckpointException if the file is not a safetensors file, or a damaged one
   */
  public static Content read(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    if (all.length < 8) {
      throw damaged(file, "has " + all.length + " bytes; a header length of 8 must come first");
    }
    long length = bytes.getLong();
    if (length < 2 || length > MOST_HEADER || length > all.length - 8) {
      throw damaged(file, "announces a header of " + length + " bytes in a file of " + all.length);
    }
    JsonNode root = parse(file, all, (int) length);
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    root.fields()
        .forEachRemaining(
            e -> {
              if (e.getKey().equals("__metadata__")) {
                e.getValue()
                    .fields()
                    .forEachRemaining(m -> metadata.put(m.getKey(), m.getValue().asText()));
              } else {
                entries.add(entry(file, e.getKey(), e.getValue()));
              }
            });
    int start = 8 + (int) length;
    requireCover(file, entries, all.length - start);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry e : entries) {
      ByteBuffer data = bytes.slice(start + (int) e.begin, (int) (e.end - e.begin));
      tensors.put(e.name, tensor(e, data.order(ByteOrder.LITTLE_ENDIAN)).unscoped());
    }
    return new Content(tensors, metadata);
  }

  private static JsonNode parse(Path file, byte[] all, int length) {
    try {
      JsonNode root = JSON.readTree(new String(all, 8, length, StandardCharsets.UTF_8));
      if (root != null && root.isObject()) {
        return root;
      }
    } catch (JsonProcessingException e) {
      // said below
    }
    throw damaged(file, "its header is not a JSON object");
  }

  private static Entry entry(Path file, String name, JsonNode node) {
    JsonNode offsets = node.path("data_offsets");
    JsonNode extents = node.path("shape");
    String dtype = node.path("dtype").asText();
    int width = dtype.equals("F64") ? 8 : 4;
    if (!List.of("F32", "F64", "I32").contains(dtype)) {
      throw damaged(
          file, "tensor '" + name + "' has dtype '" + dtype + "'; F32, F64, I32 are read");
    }
    if (!extents.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw damaged(file, "tensor '" + name + "' lacks a shape or its two data offsets");
    }
    int[] dims = new int[extents.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = extents.get(i).asInt(-1);
      if (dims[i] < 0) {
        throw damaged(file, "tensor '" + name + "' has the shape " + extents);
      }
    }
    Shape shape = Shape.of(dims);
    long begin = offsets.get(0).asLong(-1);
    long end = offsets.get(1).asLong(-1);
    if (begin < 0 || end - begin != (long) shape.size() * width) {
      throw damaged(
          file, "tensor '" + name + "' " + shape + " of " + dtype + " lies at " + offsets);
    }
    return new Entry(name, dtype, shape, begin, end);
  }

  /** Every byte of the data must belong to just one tensor. */
  private static void requireCover(Path file, List<Entry> entries, long size) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry e : sorted) {
      if (e.begin != at) {
        throw damaged(file, "tensor '" + e.name + "' begins at " + e.begin + ", expected " + at);
      }
      at = e.end;
    }
    if (at != size) {
      throw damaged(file, "its tensors take " + at + " bytes, but there are " + size);
    }
  }

  private static Tensor tensor(Entry e, ByteBuffer data) {
    int n = e.shape.size();
    if (e.dtype.equals("I32")) {
      int[] values = new int[n];
      data.asIntBuffer().get(values);
      return Tensor.ofInts(values, e.shape.dims());
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = e.dtype.equals("F64") ? data.getDouble(8 * i) : data.getFloat(4 * i);
    }
    return Tensor.of(values, e.shape.dims());
  }

  private static CheckpointException damaged(Path file, String what) {
    return new CheckpointException(file + ": not a safetensors file, or a damaged one: " + what);
  }
}
