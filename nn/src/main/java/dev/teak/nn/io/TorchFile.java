package dev.teak.nn.io;

import static dev.teak.nn.io.CheckpointException.quote;

import dev.teak.engine.Tensor;
import dev.teak.nn.io.TorchObjects.Raw;
import dev.teak.nn.io.TorchObjects.Storage;
import dev.teak.nn.io.TorchObjects.View;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;

/**
 * Files of {@code torch.save} that hold a state: tensors by name, by themselves or in a checkpoint
 * under {@code state_dict}, {@code model} and the like. Read is what {@code
 * torch.load(weights_only=True)} reads, in the form of PyTorch 1.6 and later and in the one before;
 * no code of a file is ever run. Tensors keep PyTorch's layout ({@code OIHW}) and its names.
 *
 * <p>Halves, bfloat16, doubles and booleans (1 and 0) become the device's working type, integers
 * INT32 where their values fit.
 */
public final class TorchFile {
  private static final List<String> WRAPPERS =
      List.of("state_dict", "model_state_dict", "model", "net");
  private static final int MOST_WRAPPED = 4;
  private static final int MORE_ELEMENTS = 1 << 20;

  private TorchFile() {}

  /**
   * Reads a state onto the current device; the tensors belong to no scope.
   *
   * @throws CheckpointException if it is no such file, a damaged one, holds no state, or wants
   *     anything run
   */
  public static Map<String, Tensor> read(Path file) throws IOException {
    return open(file, (source, views) -> tensors(source, views));
  }

  /**
   * Writes a state in PyTorch's layout, whole or not at all, as {@code torch.save} does: floats of
   * the device's working type, INT32 as int64.
   *
   * @throws IOException if the disk does not take it; what was there before stays
   */
  public static void write(Path file, Map<String, Tensor> state) throws IOException {
    WholeFile.write(file, out -> TorchWriter.write(Channels.newOutputStream(out), state));
  }

  /**
   * What a state has, without its numbers.
   *
   * @throws CheckpointException as {@link #read}
   */
  public static List<StoredTensor> list(Path file) throws IOException {
    return open(file, (source, views) -> listed(views));
  }

  private static List<StoredTensor> listed(Map<String, View> views) {
    List<StoredTensor> all = new ArrayList<>();
    views.forEach(
        (name, v) -> all.add(new StoredTensor(name, v.storage().stored().name(), v.shape())));
    return all;
  }

  private interface Use<R> {
    R of(TorchSource source, Map<String, View> views) throws IOException;
  }

  private static <R> R open(Path file, Use<R> use) throws IOException {
    byte[] head = new byte[512];
    int length;
    try (InputStream in = Files.newInputStream(file)) {
      length = in.readNBytes(head, 0, head.length);
    }
    try {
      requireTorch(new String(head, 0, length, StandardCharsets.ISO_8859_1));
      try (TorchSource source = head[0] == 'P' ? new TorchZip(file) : new TorchLegacy(file)) {
        return use.of(source, views(source.root(), Files.size(file)));
      }
    } catch (UnreadableException e) {
      throw new CheckpointException(file + ": " + e.getMessage());
    } catch (EOFException e) { // which says no more than its name
      throw new CheckpointException(file + ": a damaged file of torch.save: it ends too early");
    } catch (CheckpointException | ZipException e) {
      throw new CheckpointException(
          file + ": not a file of torch.save, or a damaged one: " + e.getMessage());
    }
  }

  /** Whether a file begins as one of the two forms do; else what it may be. */
  private static void requireTorch(String head) {
    if (head.startsWith("PK") || head.startsWith("\u0080")) {
      return;
    }
    if (head.startsWith("version https://git-lfs")) {
      throw new UnreadableException("is a pointer of Git LFS in the file's place; 'git lfs pull'");
    }
    if (head.startsWith("<")) {
      throw new CheckpointException("is a web page");
    }
    if (head.startsWith("storages") || head.startsWith("sys_info")) {
      throw new UnreadableException(
          "is of the tar form of PyTorch 0.1, which is too old; save it again with a newer one");
    }
    throw new CheckpointException(head.isEmpty() ? "is empty" : "begins as neither form does");
  }

  /** The tensors of a state, in its order; each lies within its storage. */
  private static Map<String, View> views(Object root, long fileBytes) {
    Map<String, View> views = new LinkedHashMap<>();
    long elements = 0;
    for (Map.Entry<?, ?> e : state(root).entrySet()) {
      if (!(e.getKey() instanceof String name)) {
        throw new UnreadableException(
            "has the key "
                + quote(TorchObjects.said(e.getKey()))
                + " where a tensor's name is"
                + " expected");
      }
      if (!(e.getValue() instanceof Raw raw)) {
        throw new UnreadableException(
            "has a "
                + TorchObjects.said(e.getValue())
                + " under '"
                + quote(name)
                + "', where a tensor is expected");
      }
      try {
        views.put(name, raw.view());
      } catch (UnreadableException problem) {
        throw new UnreadableException("tensor '" + quote(name) + "': " + problem.getMessage());
      } catch (CheckpointException problem) {
        throw new CheckpointException("tensor '" + quote(name) + "': " + problem.getMessage());
      }
      elements += views.get(name).shape().size();
    }
    // Views may repeat what is stored once, as expanded ones do: but not to fill the memory.
    if (elements > 2 * fileBytes + MORE_ELEMENTS) {
      throw new UnreadableException(
          "has " + elements + " elements in " + fileBytes + " bytes: too many to be a state");
    }
    return views;
  }

  private static Map<?, ?> state(Object root) {
    Object at = root;
    for (int i = 0; i < MOST_WRAPPED; i++) {
      Object wrapped = at instanceof Map<?, ?> map ? wrapped(map) : null;
      if (wrapped == null) {
        break;
      }
      at = wrapped;
    }
    if (at instanceof Raw alone) {
      return Map.of("", alone);
    }
    if (at instanceof Map<?, ?> state && wrapped(state) == null) {
      return state;
    }
    throw new UnreadableException(
        "holds "
            + (at instanceof Map ? "a dictionary of dictionaries" : TorchObjects.said(at))
            + "; tensors by name are expected, as of model.state_dict()");
  }

  /** What a checkpoint keeps its state under, in a list of one too; null for none. */
  private static Object wrapped(Map<?, ?> checkpoint) {
    for (String key : WRAPPERS) {
      Object value = checkpoint.get(key);
      if (value instanceof List<?> one && one.size() == 1) {
        value = one.get(0);
      }
      if (value instanceof Map) {
        return value;
      }
    }
    return null;
  }

  /** Each storage is read once, however many tensors lie in it. */
  private static Map<String, Tensor> tensors(TorchSource source, Map<String, View> views)
      throws IOException {
    Map<Storage, List<String>> byStorage = new LinkedHashMap<>();
    views.forEach(
        (name, v) -> byStorage.computeIfAbsent(v.storage(), s -> new ArrayList<>()).add(name));
    Map<String, Tensor> read = new LinkedHashMap<>();
    views.keySet().forEach(name -> read.put(name, null)); // the order of the state
    try {
      for (Map.Entry<Storage, List<String>> e : byStorage.entrySet()) {
        byte[] bytes = source.bytes(e.getKey());
        for (String name : e.getValue()) {
          ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
          read.put(name, tensor(name, views.get(name), numbers));
        }
      }
      return read;
    } catch (CheckpointException | IOException e) {
      read.values().stream().filter(t -> t != null).forEach(Tensor::release);
      throw e;
    }
  }

  private static Tensor tensor(String name, View v, ByteBuffer numbers) {
    int n = v.shape().size();
    int[] dims = v.shape().dims();
    Stored type = v.storage().stored();
    try {
      if (type.isInteger()) {
        int[] values = new int[n];
        each(v, numbers, i -> values[i] = type.integer(numbers, i));
        return Tensor.ofInts(values, dims).unscoped();
      }
      if (type == Stored.F64) {
        double[] values = new double[n];
        each(v, numbers, i -> values[i] = type.real(numbers));
        return Tensor.of(values, dims).unscoped();
      }
      float[] values = new float[n]; // exact
      each(v, numbers, i -> values[i] = (float) type.real(numbers));
      return Tensor.of(values, dims).unscoped();
    } catch (UnreadableException beyond) {
      throw new UnreadableException("tensor '" + quote(name) + "': " + beyond.getMessage());
    }
  }

  private interface Element {
    void take(int index);
  }

  /** Goes through the elements in row-major order, the buffer standing before each. */
  private static void each(View v, ByteBuffer numbers, Element element) {
    int width = v.storage().stored().bytes();
    int[] dims = v.shape().dims();
    int[] at = new int[dims.length];
    long place = v.offset();
    for (int i = 0; i < v.shape().size(); i++) {
      numbers.position((int) (place * width));
      element.take(i);
      int axis = dims.length - 1;
      while (axis >= 0 && ++at[axis] == dims[axis]) {
        place -= (dims[axis] - 1) * v.strides()[axis];
        at[axis--] = 0;
      }
      place += axis >= 0 ? v.strides()[axis] : 0;
    }
  }
}
