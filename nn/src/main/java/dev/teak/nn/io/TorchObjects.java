package dev.teak.nn.io;

import static dev.teak.nn.io.CheckpointException.quote;

import dev.teak.engine.Shape;
import dev.teak.nn.io.Pickle.Global;
import dev.teak.nn.io.Pickle.Tuple;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the globals of a state of tensors stand for. All others are refused by name. */
final class TorchObjects {
  private static final Global ORDERED_DICT = new Global("collections", "OrderedDict");
  private static final String UTILS = "torch._utils";
  private static final String STORAGE = "Storage";
  private static final Set<Global> KNOWN =
      Set.of(
          ORDERED_DICT,
          new Global(UTILS, "_rebuild_tensor"),
          new Global(UTILS, "_rebuild_tensor_v2"),
          new Global(UTILS, "_rebuild_parameter"));

  private static final Map<String, Stored> TYPES =
      Map.of(
          "Double", Stored.F64,
          "Float", Stored.F32,
          "Half", Stored.F16,
          "BFloat16", Stored.BF16,
          "Long", Stored.I64,
          "Int", Stored.I32,
          "Short", Stored.I16,
          "Char", Stored.I8,
          "Byte", Stored.U8,
          "Bool", Stored.BOOL);

  private TorchObjects() {}

  /**
   * Where numbers lie; where they once lay (cpu, cuda) does not matter.
   *
   * @param type as {@code FloatStorage}
   * @param key its name in the file
   * @param count of numbers, as the pickle says
   */
  record Storage(String type, String key, long count) {
    /** How a number lies there, or null for a type that is not read. */
    Stored stored() {
      return TYPES.get(type.substring(0, type.length() - STORAGE.length()));
    }
  }

  /** A tensor as its pickle has it: nothing of it is checked but what {@link #view} checks. */
  record Raw(Storage storage, Object offset, Object size, Object stride) {
    /**
     * What it is, if it can be.
     *
     * @throws CheckpointException saying what is wrong with it
     */
    View view() {
      if (storage.stored() == null) {
        throw new UnreadableException(
            "it lies in a " + quote(storage.type) + ", which Teak does not read");
      }
      long[] sizes = wholes("size", size);
      long[] strides = wholes("stride", stride);
      long begin = whole("offset", offset);
      if (sizes.length != strides.length) {
        throw new CheckpointException(
            "it has " + sizes.length + " sizes and " + strides.length + " strides");
      }
      int[] dims = new int[sizes.length];
      long elements = 1;
      for (int i = 0; i < dims.length; i++) {
        dims[i] = (int) Math.min(sizes[i], Integer.MAX_VALUE);
        elements = sizes[i] > Integer.MAX_VALUE ? Long.MAX_VALUE : elements * dims[i];
        if (elements > Integer.MAX_VALUE) {
          throw new CheckpointException("it has more than 2^31 elements");
        }
      }
      requireInside(sizes, strides, begin, elements);
      return new View(storage, begin, Shape.of(dims), strides);
    }

    private void requireInside(long[] sizes, long[] strides, long begin, long elements) {
      long last = begin;
      boolean inside = begin <= storage.count;
      for (int i = 0; i < sizes.length && inside && elements > 0; i++) {
        inside = sizes[i] == 1 || strides[i] <= storage.count;
        last += sizes[i] == 1 ? 0 : (sizes[i] - 1) * Math.min(strides[i], storage.count);
        inside &= last >= 0 && last < storage.count;
      }
      if (!inside || (elements > 0 && last >= storage.count)) {
        throw new CheckpointException(
            "it reaches beyond the " + storage.count + " numbers of its storage");
      }
    }
  }

  /**
   * A tensor that lies within its storage.
   *
   * @param offset of its first element
   * @param strides of each axis, in elements
   */
  record View(Storage storage, long offset, Shape shape, long[] strides) {}

  /** A global that stands for something, itself. */
  static Global global(Global asked) {
    boolean storage = asked.module().equals("torch") && asked.name().endsWith(STORAGE);
    if (!storage && !KNOWN.contains(asked)) {
      throw refusal(asked);
    }
    return asked;
  }

  /** Why one is not taken. */
  static CheckpointException refusal(Global asked) {
    return new UnreadableException(
        asked.module().startsWith("torch.nn.")
            ? "holds a whole module (" + asked + "); save model.state_dict() in place of the model"
            : "asks for " + asked + ", which no state of tensors needs; nothing of it was run");
  }

  /** What a global gives for arguments; none is ever called. */
  static Object made(Object global, Object arguments) {
    if (!(global instanceof Global g && arguments instanceof Tuple tuple)) {
      throw new CheckpointException("its pickle calls what is no function, or without arguments");
    }
    List<Object> given = tuple.items();
    if (g.equals(ORDERED_DICT)) {
      return dictionary(given);
    }
    if (g.name().equals("_rebuild_parameter") && !given.isEmpty()) {
      return given.get(0);
    }
    if (g.name().startsWith("_rebuild_tensor")
        && given.size() >= 4
        && given.get(0) instanceof Storage s) {
      return new Raw(s, given.get(1), given.get(2), given.get(3));
    }
    throw new CheckpointException("its pickle gives " + g + " arguments that it does not take");
  }

  /** Empty, or of a list of pairs, as Python 2 wrote it. */
  private static Map<Object, Object> dictionary(List<Object> given) {
    Map<Object, Object> map = new LinkedHashMap<>();
    List<?> pairs = given.isEmpty() ? List.of() : given.get(0) instanceof List<?> l ? l : null;
    if (pairs == null) {
      throw new CheckpointException("its pickle makes a dictionary of what is no list");
    }
    for (Object pair : pairs) {
      List<?> two = pair instanceof Tuple t ? t.items() : pair instanceof List<?> l ? l : List.of();
      if (two.size() != 2 || !(two.get(0) instanceof String name)) {
        throw new CheckpointException("its pickle makes a dictionary of what are no pairs");
      }
      map.put(name, two.get(1));
    }
    return map;
  }

  /** The storage that a persistent id names: a tuple of a word, type, key, place and count. */
  static Storage storage(Object id) {
    List<Object> parts = id instanceof Tuple t ? t.items() : List.of();
    boolean fits =
        parts.size() >= 5
            && "storage".equals(parts.get(0))
            && parts.get(1) instanceof Global type
            && type.name().endsWith(STORAGE)
            && parts.get(2) instanceof String
            && parts.get(4) instanceof Long count
            && count >= 0;
    if (!fits || (parts.size() > 5 && parts.get(5) != null)) {
      throw new CheckpointException("its pickle names a storage in a way that is not known");
    }
    String type = ((Global) parts.get(1)).name();
    return new Storage(type, (String) parts.get(2), (Long) parts.get(4));
  }

  private static long whole(String what, Object value) {
    if (value instanceof Long number && number >= 0) {
      return number;
    }
    throw new CheckpointException(
        "its " + what + " is " + quote(said(value)) + "; a whole number of 0 or more is expected");
  }

  private static long[] wholes(String what, Object tuple) {
    if (!(tuple instanceof Tuple t)) {
      throw new CheckpointException("its " + what + " is no tuple");
    }
    return t.items().stream().mapToLong(each -> whole(what, each)).toArray();
  }

  /** A number in digits; of all else the kind, for it may be large or contain itself. */
  static String said(Object value) {
    if (value == null) {
      return "None";
    }
    return value instanceof Number ? value.toString() : value.getClass().getSimpleName();
  }
}
