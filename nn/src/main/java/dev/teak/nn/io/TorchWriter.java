package dev.teak.nn.io;

import dev.teak.engine.DType;
import dev.teak.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes what {@link TorchZip} reads: a pickle of protocol 2, and a record for each tensor. */
final class TorchWriter {
  private static final LocalDateTime DAY = LocalDateTime.of(1980, 1, 1, 0, 0); // no clock in it
  private static final String FOLDER = "archive/";

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private TorchWriter() {}

  /** Writes a state; the same tensors in the same order give the same bytes. */
  static void write(OutputStream out, Map<String, Tensor> state) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    record(zip, "data.pkl", new TorchWriter().pickle(state));
    record(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    int key = 0;
    for (Tensor t : state.values()) {
      record(zip, "data/" + key++, numbers(t));
    }
    record(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
    zip.flush();
  }

  private static void record(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setTimeLocal(DAY);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** As the storage of {@link #storage} has them. */
  private static byte[] numbers(Tensor t) {
    int width = t.dtype() == DType.FLOAT32 ? 4 : 8;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(t.shape().size(), width))
            .order(ByteOrder.LITTLE_ENDIAN);
    switch (t.dtype()) {
      case FLOAT32 -> bytes.asFloatBuffer().put(t.toFloats());
      case FLOAT64 -> bytes.asDoubleBuffer().put(t.toDoubles());
      case INT32, UINT8 -> {
        for (int value : t.toInts()) {
          bytes.putLong(value);
        }
      }
    }
    return bytes.array();
  }

  /** PyTorch's integers have 64 bits. */
  private static String storage(DType type) {
    return switch (type) {
      case FLOAT32 -> "FloatStorage";
      case FLOAT64 -> "DoubleStorage";
      case INT32, UINT8 -> "LongStorage";
    };
  }

  // OrderedDict([(name, _rebuild_tensor_v2(('storage', type, key, 'cpu', count), 0, size, stride,
  // False, OrderedDict()))]): a dictionary that is empty at first, and one SETITEM for each tensor.
  private byte[] pickle(Map<String, Tensor> state) {
    bytes(0x80, 2);
    dictionary();
    int key = 0;
    for (Map.Entry<String, Tensor> e : state.entrySet()) {
      text(e.getKey());
      tensor(e.getValue(), Integer.toString(key++));
      bytes('s');
    }
    bytes('.');
    return pickle.toByteArray();
  }

  private void dictionary() {
    global("collections", "OrderedDict");
    bytes(')', 'R');
  }

  private void tensor(Tensor t, String key) {
    int[] dims = t.shape().dims();
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, dims[i]);
    }
    global("torch._utils", "_rebuild_tensor_v2");
    bytes('(', '(');
    text("storage");
    global("torch", storage(t.dtype()));
    text(key);
    text("cpu");
    number(t.shape().size());
    bytes('t', 'Q');
    number(0);
    tuple(dims);
    tuple(strides);
    bytes(0x89); // no gradient
    dictionary(); // no hooks
    bytes('t', 'R');
  }

  private void bytes(int... values) {
    for (int value : values) {
      pickle.write(value);
    }
  }

  private void global(String module, String name) {
    bytes('c');
    pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    bytes('X');
    little(utf8.length);
    pickle.writeBytes(utf8);
  }

  private void number(int value) {
    bytes('J');
    little(value);
  }

  private void little(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  private void tuple(int... values) {
    bytes('(');
    for (int value : values) {
      number(value);
    }
    bytes('t');
  }
}
