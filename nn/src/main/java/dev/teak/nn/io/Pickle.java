package dev.teak.nn.io;

import static dev.teak.nn.io.CheckpointException.quote;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the part of Python's pickle language that {@code torch.load(weights_only=True)} takes, and
 * of it only what leads to tensors. What comes out is an inert tree: nothing is imported, nothing
 * is called, and the few globals that there are stand for values of {@link TorchObjects}. A pickle
 * runs on a stack of its own, so depth costs no stack of ours; how much it can make is bounded by
 * {@link #MOST_STEPS}.
 *
 * <p>In the tree None is null, numbers are Long, BigInteger or Double, lists are {@code ArrayList},
 * tuples {@link Tuple}, dictionaries {@code LinkedHashMap}. It may contain itself: whoever walks it
 * says how deep.
 */
final class Pickle {
  /** Longest pickle that is read, in bytes. */
  static final int MOST_BYTES = 1 << 24;

  private static final int MOST_STEPS = 1 << 22;

  /** A tuple; unlike a list it may be a key, by its identity. */
  static final class Tuple {
    private final List<Object> items;

    Tuple(List<Object> items) {
      this.items = items;
    }

    List<Object> items() {
      return items;
    }
  }

  /** A name that a pickle asks for. */
  record Global(String module, String name) {
    @Override
    public String toString() {
      return quote(module + "." + name);
    }
  }

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>(); // heights of the stack
  private final Map<Long, Object> memo = new HashMap<>();
  private final Map<String, TorchObjects.Storage> storages = new HashMap<>();

  private Pickle(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * What a pickle holds.
   *
   * @param root the tree
   * @param storages that it names, by their keys
   */
  record Content(Object root, Map<String, TorchObjects.Storage> storages) {}

  /**
   * Reads one pickle, and leaves the buffer behind it.
   *
   * @throws CheckpointException if it is none, is damaged, or wants what a state does not need
   */
  static Content read(ByteBuffer in) {
    try {
      Pickle pickle = new Pickle(in);
      return new Content(pickle.run(), pickle.storages);
    } catch (BufferUnderflowException e) {
      throw new CheckpointException("its pickle ends before its end mark");
    }
  }

  private Object run() {
    for (int step = 0; step < MOST_STEPS; step++) {
      int opcode = in.get() & 0xFF;
      if (opcode == '.') {
        return pop();
      }
      if (!(literal(opcode) || container(opcode) || memoOrMark(opcode) || object(opcode))) {
        throw new CheckpointException(
            String.format(
                Locale.ROOT,
                "its pickle has the opcode 0x%02x, which no state of tensors has",
                opcode));
      }
    }
    throw new CheckpointException("its pickle has more than " + MOST_STEPS + " opcodes");
  }

  private boolean literal(int opcode) {
    switch (opcode) {
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.getInt());
      case 'K' -> push(in.get() & 0xFFL);
      case 'M' -> push(in.getShort() & 0xFFFFL);
      case 0x8A -> push(integer(in.get() & 0xFF));
      case 'G' -> push(in.order(ByteOrder.BIG_ENDIAN).getDouble());
      case 'X', 'T' -> push(text(in.getInt() & 0xFFFFFFFFL));
      case 0x8C, 'U' -> push(text(in.get() & 0xFF));
      case 0x8D -> push(text(in.getLong()));
      default -> {
        return false;
      }
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
    return true;
  }

  private Object integer(int length) {
    byte[] bytes = take(length);
    byte[] bigEndian = new byte[length + 1]; // never empty: no bytes are 0
    for (int i = 0; i < length; i++) {
      bigEndian[length - i] = bytes[i];
    }
    bigEndian[0] = (byte) (length > 0 && bytes[length - 1] < 0 ? -1 : 0);
    BigInteger value = new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private byte[] take(long length) {
    if (length < 0 || length > in.remaining()) {
      throw new CheckpointException(
          "its pickle announces "
              + Long.toUnsignedString(length)
              + " bytes where "
              + in.remaining()
              + " are left");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  private String text(long length) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(take(length))).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException("its pickle has a text that is not UTF-8");
    }
  }

  private boolean container(int opcode) {
    switch (opcode) {
      case ']' -> push(new ArrayList<>());
      case '}' -> push(new LinkedHashMap<>());
      case ')' -> push(new Tuple(List.of()));
      case 't' -> push(new Tuple(popMarked()));
      case 0x85, 0x86, 0x87 -> push(new Tuple(popLast(opcode - 0x84)));
      case 'a' -> append(popLast(1));
      case 'e' -> append(popMarked());
      case 's' -> set(popLast(2));
      case 'u' -> set(popMarked());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void append(List<Object> items) {
    list(peek()).addAll(items);
  }

  private void set(List<Object> pairs) {
    Map<Object, Object> map = map(peek());
    if (pairs.size() % 2 != 0) {
      throw new CheckpointException("its pickle sets a key without a value");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = pairs.get(i);
      if (key instanceof List || key instanceof Map) {
        throw new CheckpointException("its pickle has a list or a dictionary as a key");
      }
      map.put(key, pairs.get(i + 1)); // as in Python the last of equal keys counts
    }
  }

  @SuppressWarnings("unchecked") // whatever it is, it holds objects
  private static List<Object> list(Object value) {
    if (value instanceof List<?> list) {
      return (List<Object>) list;
    }
    throw new CheckpointException("its pickle appends to what is no list");
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, Object> map(Object value) {
    if (value instanceof Map<?, ?> map) {
      return (Map<Object, Object>) map;
    }
    throw new CheckpointException("its pickle sets keys of what is no dictionary");
  }

  private boolean memoOrMark(int opcode) {
    switch (opcode) {
      case '(' -> marks.add(stack.size());
      case '0' -> pop();
      case '1' -> popMarked();
      case '2' -> push(peek());
      case 'q' -> memo.put(in.get() & 0xFFL, peek());
      case 'r' -> memo.put(in.getInt() & 0xFFFFFFFFL, peek());
      case 0x94 -> memo.put((long) memo.size(), peek());
      case 'h' -> push(remembered(in.get() & 0xFFL));
      case 'j' -> push(remembered(in.getInt() & 0xFFFFFFFFL));
      default -> {
        return false;
      }
    }
    return true;
  }

  private Object remembered(long index) {
    if (!memo.containsKey(index)) {
      throw new CheckpointException("its pickle recalls number " + index + ", never remembered");
    }
    return memo.get(index);
  }

  private boolean object(int opcode) {
    switch (opcode) {
      case 0x80 -> requireProtocol(in.get() & 0xFF);
      case 0x95 -> requireFrame(in.getLong());
      case 'c' -> push(TorchObjects.global(new Global(line(), line())));
      case 'i' -> throw TorchObjects.refusal(new Global(line(), line()));
      case 0x93 -> {
        List<Object> names = popLast(2);
        push(TorchObjects.global(new Global(name(names.get(0)), name(names.get(1)))));
      }
      case 'R', 0x81 -> { // REDUCE and NEWOBJ: a global and its arguments
        List<Object> call = popLast(2);
        push(TorchObjects.made(call.get(0), call.get(1)));
      }
      case 'b' -> requireAttributes(popLast(1).get(0));
      case 'Q' -> {
        TorchObjects.Storage storage = TorchObjects.storage(pop());
        TorchObjects.Storage first = storages.putIfAbsent(storage.key(), storage);
        if (first != null && !first.equals(storage)) {
          throw new CheckpointException(
              "its storage '" + quote(storage.key()) + "' is said to be two different ones");
        }
        push(storage);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void requireProtocol(int protocol) {
    if (protocol > 5) {
      throw new CheckpointException("its pickle is of protocol " + protocol + "; 2 to 5 are known");
    }
  }

  private void requireFrame(long length) {
    if (length < 0 || length > in.remaining()) {
      throw new CheckpointException("its pickle has a frame beyond its end");
    }
  }

  /** Attributes of an ordered dictionary, such as {@code _metadata}, are passed over. */
  private void requireAttributes(Object attributes) {
    if (!(peek() instanceof Map && attributes instanceof Map)) {
      throw new CheckpointException("its pickle gives attributes to what is no dictionary");
    }
  }

  private String line() {
    int start = in.position();
    int length = 0;
    while (in.get() != '\n') {
      length++;
    }
    in.position(start);
    String line = text(length);
    in.get();
    return line;
  }

  private static String name(Object value) {
    if (value instanceof String s) {
      return s;
    }
    throw new CheckpointException("its pickle asks for a global whose name is no text");
  }

  // --- the stack, of which nothing below the last mark is reached ---

  private void push(Object value) {
    stack.add(value);
  }

  private Object peek() {
    require(1);
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    return popLast(1).get(0);
  }

  private List<Object> popLast(int count) {
    require(count);
    List<Object> last = stack.subList(stack.size() - count, stack.size());
    List<Object> items = new ArrayList<>(last);
    last.clear();
    return items;
  }

  private void require(int count) {
    int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    if (stack.size() - floor < count) {
      throw new CheckpointException("its pickle takes more from its stack than it has put there");
    }
  }

  private List<Object> popMarked() {
    if (marks.isEmpty()) {
      throw new CheckpointException("its pickle goes back to a mark that it has not set");
    }
    int mark = marks.get(marks.size() - 1);
    List<Object> items = popLast(stack.size() - mark);
    marks.remove(marks.size() - 1);
    return items;
  }
}
