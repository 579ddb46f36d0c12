package dev.teak.lab.experiment;

import dev.teak.engine.Numbers;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Records as YAML and back: a component {@code checkSeeds} is the key {@code check_seeds}. Whatever
 * is wrong is said with its line. A record's own complaint that begins with the name of a key is
 * said of that key's line.
 */
final class YamlRecords {
  private static final int WIDTH = 100;

  private final String source;

  private YamlRecords(String source) {
    this.source = source;
  }

  /**
   * A record from its text.
   *
   * @param source what the text is from, for messages
   * @throws IllegalArgumentException saying what is wrong, in which line, and what would be right
   */
  static <T> T read(String source, String text, Class<T> type) {
    YamlRecords reader = new YamlRecords(source);
    Node root;
    try {
      root =
          new Compose(LoadSettings.builder().setLabel(source).build())
              .composeString(text)
              .orElseThrow(() -> new IllegalArgumentException(source + ": is empty"));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
      throw new IllegalArgumentException(
          source + ", line " + line + ": is no YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(source + ": is no YAML: " + e.getMessage(), e);
    }
    return type.cast(reader.value("", root, type));
  }

  private IllegalArgumentException wrong(Node at, String message) {
    int line = at.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    return new IllegalArgumentException(source + ", line " + line + ": " + message);
  }

  private Object value(String key, Node node, Type type) {
    if (type instanceof ParameterizedType list) {
      return list(key, node, list.getActualTypeArguments()[0]);
    }
    Class<?> of = (Class<?>) type;
    if (of.isRecord() && !isText(of)) {
      return record(key, node, of);
    }
    if (!(node instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
      throw wrong(node, key + ": expects " + expected(of));
    }
    return scalar(key, scalar, of);
  }

  private List<Object> list(String key, Node node, Type element) {
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong(node, key + ": expects a list, as [a, b]");
    }
    List<Object> values = new ArrayList<>();
    for (Node each : sequence.getValue()) {
      values.add(value(key, each, element));
    }
    return values;
  }

  private Object scalar(String key, ScalarNode node, Class<?> type) {
    String text = node.getValue();
    try {
      if (type == String.class) {
        return text;
      }
      if (type == int.class || type == Integer.class) {
        return Integer.valueOf(text);
      }
      if (type == Long.class) {
        return Long.valueOf(text);
      }
      if (type == double.class || type == Double.class) {
        return Numbers.parse(text);
      }
      if (type.isEnum()) {
        return constant(type, text);
      }
      return type.getMethod("parse", String.class).invoke(null, text);
    } catch (NumberFormatException e) {
      throw wrong(node, key + ": expects " + expected(type) + ", is '" + text + "'");
    } catch (IllegalArgumentException e) {
      throw wrong(node, key + ": " + e.getMessage());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw wrong(node, key + ": '" + text + "': " + rejected.getMessage());
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object constant(Class<?> type, String text) {
    for (Object constant : type.getEnumConstants()) {
      if (word(constant).equals(text)) {
        return constant;
      }
    }
    String all =
        Arrays.stream(type.getEnumConstants())
            .map(YamlRecords::word)
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException("there is no '" + text + "'; choose " + all);
  }

  private static String word(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  /** Whether a record is written as one word or sentence, which its own parse method reads. */
  private static boolean isText(Class<?> type) {
    return Arrays.stream(type.getMethods()).anyMatch(m -> m.getName().equals("parse"));
  }

  private static String expected(Class<?> type) {
    if (type == int.class || type == Integer.class || type == Long.class) {
      return "a whole number";
    }
    return type == double.class || type == Double.class ? "a number, as 0.03 or 8/255" : "a text";
  }

  private Object record(String key, Node node, Class<?> type) {
    List<String> keys =
        Arrays.stream(type.getRecordComponents()).map(c -> key(c.getName())).toList();
    if (!(node instanceof MappingNode mapping)) {
      String of = key.isEmpty() ? "" : key + ": ";
      throw wrong(node, of + "expects the keys " + String.join(", ", keys));
    }
    Map<String, NodeTuple> given = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = tuple.getKeyNode() instanceof ScalarNode s ? s.getValue() : "";
      if (!keys.contains(name)) {
        throw wrong(
            tuple.getKeyNode(),
            "there is no key '" + name + "' here; the keys are " + String.join(", ", keys));
      }
      if (given.put(name, tuple) != null) {
        throw wrong(tuple.getKeyNode(), "the key '" + name + "' comes twice");
      }
    }
    return make(node, type, given);
  }

  private Object make(Node node, Class<?> type, Map<String, NodeTuple> given) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = key(components[i].getName());
      NodeTuple tuple = given.get(key);
      if (tuple != null) {
        values[i] = value(key, tuple.getValueNode(), components[i].getGenericType());
      } else if (!mayBeAbsent(components[i])) {
        throw wrong(node, "the key '" + key + "' is missing");
      }
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw wrong(at(node, given, rejected.getMessage()), rejected.getMessage());
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The node of the key that a complaint begins with; in a list, of the text that it quotes. */
  private static Node at(Node record, Map<String, NodeTuple> given, String message) {
    NodeTuple tuple = given.get(message.replaceFirst(":.*", ""));
    if (tuple == null) {
      return record;
    }
    if (tuple.getValueNode() instanceof SequenceNode list) {
      for (Node each : list.getValue()) {
        if (each instanceof ScalarNode s && message.contains("'" + s.getValue() + "'")) {
          return each;
        }
      }
    }
    return tuple.getKeyNode();
  }

  private static boolean mayBeAbsent(RecordComponent component) {
    return component.isAnnotationPresent(Optional.class);
  }

  /** Of a component whose key may be left out: it is null then. */
  @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
  @interface Optional {}

  private static String key(String component) {
    return component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** A record as text that {@link #read} takes back. */
  static String write(Record value) {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.AUTO).setWidth(WIDTH).build();
    return new Dump(settings).dumpToString(plain(value));
  }

  /** Maps, lists, numbers and texts. */
  private static Object plain(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(YamlRecords::plain).collect(Collectors.toList());
    }
    if (value instanceof Record r && !isText(r.getClass())) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (RecordComponent component : r.getClass().getRecordComponents()) {
        try {
          Object part = component.getAccessor().invoke(r);
          if (part != null) {
            map.put(key(component.getName()), plain(part));
          }
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
      return map;
    }
    if (value instanceof Enum<?>) {
      return word(value);
    }
    return value instanceof Number ? value : value.toString();
  }
}
