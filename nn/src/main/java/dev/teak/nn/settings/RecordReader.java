package dev.teak.nn.settings;

import dev.teak.engine.Numbers;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes a record of what was written of it. */
final class RecordReader {
  private final String name;
  private final Written.Place place;

  /**
   * For one record.
   *
   * @param name how complaints call it; may be empty
   */
  RecordReader(String name, Written.Place place) {
    this.name = name;
    this.place = place;
  }

  private SettingsException wrong(Written.Place at, String message) {
    return at.wrong(name.isEmpty() ? message : name + ": " + message);
  }

  /** Of a mapping. */
  Object read(Class<?> type, Object defaults, List<String> required, Written.Mapping written) {
    return make(type, defaults, required, given(types(type), written));
  }

  /** Of words. */
  Object read(Class<?> type, Object defaults, List<String> required, List<Notation.Word> words) {
    return make(type, defaults, required, given(types(type), words));
  }

  /** What a mapping says of settings of these types. */
  Map<String, Written.Entry> given(Map<String, Type> types, Written.Mapping written) {
    Map<String, Written.Entry> given = new LinkedHashMap<>();
    written
        .entries()
        .forEach(
            (key, entry) -> {
              String setting = Notation.normal(key);
              if (!types.containsKey(setting)) {
                throw noKey(entry.key(), setting, types);
              }
              given.put(setting, entry);
            });
    return given;
  }

  /** What words say of settings of these types. */
  Map<String, Written.Entry> given(Map<String, Type> types, List<Notation.Word> words) {
    return new Words(types).all(words);
  }

  private SettingsException noKey(Written.Place at, String key, Map<String, Type> types) {
    String has =
        types.isEmpty() ? "it has none" : "the settings are " + String.join(", ", types.keySet());
    return wrong(
        at, "there is no setting '" + key + "'" + Nearest.of(key, types.keySet()) + "; " + has);
  }

  private static Map<String, Type> types(Class<?> type) {
    Map<String, Type> types = new LinkedHashMap<>();
    for (RecordComponent c : Settings.componentsOf(type)) {
      types.put(Settings.snake(c.getName()), c.getGenericType());
    }
    return types;
  }

  /** Puts words at their settings. */
  private final class Words {
    private final Map<String, Type> types;
    private final Map<String, String> given = new LinkedHashMap<>();
    private String nested; // the last setting that has settings of its own

    Words(Map<String, Type> types) {
      this.types = types;
    }

    Map<String, Written.Entry> all(List<Notation.Word> words) {
      for (int i = 0; i < words.size(); i++) {
        Notation.Word w = words.get(i);
        String bare = Notation.normal(w.value());
        if (w.key() != null) {
          named(w);
        } else if (types.get(bare) == boolean.class) {
          put(bare, "true");
        } else if (types.containsKey(bare) && i + 1 < words.size()) {
          put(bare, words.get(++i).value());
        } else {
          unnamed(w.value());
        }
      }
      Map<String, Written.Entry> entries = new LinkedHashMap<>();
      given.forEach((k, v) -> entries.put(k, new Written.Entry(place, new Written.Text(v, place))));
      return entries;
    }

    private void named(Notation.Word w) {
      if (types.containsKey(w.key())) {
        put(w.key(), w.value());
      } else if (nested != null) {
        given.merge(nested, w.key() + "=" + w.value(), (a, b) -> a + " " + b);
      } else {
        throw noKey(place, w.key(), types);
      }
    }

    private void unnamed(String value) {
      String at = value.startsWith("@") && types.containsKey("layer") ? "layer" : ofConstant(value);
      if (at != null) {
        put(at, value.startsWith("@") ? value.substring(1) : value);
        return;
      }
      if (nested != null) {
        given.merge(nested, value, (a, b) -> a + " " + b);
        return;
      }
      for (Map.Entry<String, Type> e : types.entrySet()) {
        if (!given.containsKey(e.getKey()) && e.getValue() != boolean.class) {
          put(e.getKey(), value);
          return;
        }
      }
      throw wrong(
          place,
          "'"
              + value
              + "' is one word too many; "
              + (types.isEmpty()
                  ? "it has no settings"
                  : "the settings are " + String.join(", ", types.keySet())));
    }

    /** The setting with a constant of this name, where it is still open. */
    private String ofConstant(String value) {
      for (Map.Entry<String, Type> e : types.entrySet()) {
        if (e.getValue() instanceof Class<?> c
            && c.isEnum()
            && !given.containsKey(e.getKey())
            && constants(c).contains(Notation.normal(value))) {
          return e.getKey();
        }
      }
      return null;
    }

    private void put(String key, String value) {
      if (given.put(key, value) != null) {
        throw wrong(place, "the setting '" + key + "' comes twice");
      }
      nested = isNested(types.get(key)) ? key : null;
    }
  }

  private static boolean isNested(Type type) {
    if (type instanceof ParameterizedType) {
      return false;
    }
    Class<?> c = (Class<?>) type;
    return Settings.kindOf(c) != null || (c.isRecord() && !Settings.isText(c));
  }

  private Object make(
      Class<?> type, Object defaults, List<String> required, Map<String, Written.Entry> given) {
    RecordComponent[] components = Settings.componentsOf(type);
    Map<String, Object> otherwise = defaults == null ? Map.of() : Settings.components(defaults);
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = Settings.snake(components[i].getName());
      Written.Entry entry = given.get(key);
      Type of = components[i].getGenericType();
      values[i] = entry == null ? otherwise.get(key) : value(key, entry.value(), of);
      boolean optional = components[i].isAnnotationPresent(Optional.class);
      if (entry == null && optional && defaults == null && of instanceof ParameterizedType) {
        values[i] = List.of();
      }
      if (entry == null && !optional && (values[i] == null || required.contains(key))) {
        throw wrong(place, "the setting '" + key + "' is missing");
      }
    }
    return construct(type, components, values, given);
  }

  private Object construct(
      Class<?> type,
      RecordComponent[] components,
      Object[] values,
      Map<String, Written.Entry> given) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SettingsException known) {
        throw known;
      }
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw wrong(blamed(given, rejected.getMessage()), rejected.getMessage());
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The place of the key that a complaint begins with; in a list, of the text that it quotes. */
  private Written.Place blamed(Map<String, Written.Entry> given, String message) {
    Written.Entry entry = given.get(message.replaceFirst(":.*", ""));
    if (entry == null) {
      return place;
    }
    if (entry.value() instanceof Written.Sequence list) {
      for (Written each : list.items()) {
        if (each instanceof Written.Text t && message.contains("'" + t.text() + "'")) {
          return each.place();
        }
      }
    }
    return entry.key();
  }

  /** A value of a type. */
  static Object value(String key, Written written, Type type) {
    if (type instanceof ParameterizedType several) {
      return several.getRawType() == Map.class
          ? map(key, written, several.getActualTypeArguments()[1])
          : list(key, written, several.getActualTypeArguments()[0]);
    }
    Class<?> c = (Class<?>) type;
    Kind<Object> kind = Settings.kindOf(c);
    if (kind != null) {
      return specific(key, kind, c, written);
    }
    if (c.isRecord() && !Settings.isText(c)) {
      if (written instanceof Written.Mapping m) {
        return new RecordReader("", written.place()).read(c, null, List.of(), m);
      }
      String text = text(key, written, "settings");
      List<Notation.Word> words = Settings.at(written.place(), () -> Notation.words(text));
      return new RecordReader(key, written.place()).read(c, null, List.of(), words);
    }
    return scalar(key, text(key, written, expected(c)), c, written.place());
  }

  /** One of a kind, which may have to be of a narrower type. */
  private static Object specific(String key, Kind<Object> kind, Class<?> type, Written written) {
    Object value = kind.read(written);
    if (!type.isInstance(value)) {
      throw written
          .place()
          .wrong(
              key
                  + ": "
                  + Settings.text(value)
                  + " is no "
                  + Settings.snake(type.getSimpleName()).replace('_', ' '));
    }
    return value;
  }

  private static Map<String, Object> map(String key, Written written, Type element) {
    if (!(written instanceof Written.Mapping m)) {
      throw written.place().wrong(key + ": expects names with their values");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    m.entries().forEach((k, e) -> values.put(k, value(k, e.value(), element)));
    return values;
  }

  /** A list; a single thing is a list of one. */
  static List<Object> list(String key, Written written, Type element) {
    List<Object> values = new ArrayList<>();
    for (Written each : items(written, element)) {
      values.add(value(key, each, element));
    }
    return values;
  }

  private static List<Written> items(Written written, Type element) {
    if (written instanceof Written.Sequence s) {
      return s.items();
    }
    if (!(written instanceof Written.Text t)) {
      return List.of(written);
    }
    String text = t.text().strip();
    if (text.isEmpty() || text.equals("none") || text.equals("[]")) {
      return List.of();
    }
    boolean plain = element instanceof Class<?> c && !isNested(c) && !Settings.isText(c);
    List<String> parts =
        Settings.at(
            t.place(), () -> plain ? Notation.items(text) : Notation.several(unbracketed(text)));
    return parts.stream().map(p -> (Written) new Written.Text(p, t.place())).toList();
  }

  /** {@code a; b} of {@code [a, b]}: several things with settings of their own. */
  private static String unbracketed(String text) {
    return text.startsWith("[") && text.endsWith("]")
        ? String.join("; ", Notation.commas(text.substring(1, text.length() - 1)))
        : text;
  }

  private static String text(String key, Written written, String expected) {
    if (written instanceof Written.Text t) {
      return t.text();
    }
    throw written.place().wrong(key + ": expects " + expected);
  }

  private static Object scalar(String key, String written, Class<?> type, Written.Place place) {
    String text = Notation.unquoted(written);
    try {
      if (type == String.class) {
        return text;
      }
      if (type == boolean.class || type == Boolean.class) {
        return truth(text);
      }
      if (type == int.class || type == Integer.class) {
        return Integer.valueOf(text);
      }
      if (type == long.class || type == Long.class) {
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
      throw place.wrong(key + ": expects " + expected(type) + ", is '" + text + "'");
    } catch (IllegalArgumentException e) {
      throw place.wrong(key + ": " + e.getMessage());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw place.wrong(key + ": '" + text + "': " + rejected.getMessage());
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new NumberFormatException();
    }
    return text.equals("true");
  }

  private static Object constant(Class<?> type, String text) {
    String wanted = Notation.normal(text);
    for (Object constant : type.getEnumConstants()) {
      if (Settings.constant((Enum<?>) constant).equals(wanted)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "there is no '"
            + text
            + "'"
            + Nearest.of(wanted, constants(type))
            + "; choose "
            + String.join(", ", constants(type)));
  }

  private static List<String> constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(c -> Settings.constant((Enum<?>) c))
        .collect(Collectors.toList());
  }

  private static String expected(Class<?> type) {
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == double.class || type == Double.class) {
      return "a number, as 0.03 or 8/255";
    }
    return type == String.class || type.isEnum() || type.isRecord() ? "a text" : "a whole number";
  }
}
