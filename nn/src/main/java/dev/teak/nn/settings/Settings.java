package dev.teak.nn.settings;

import dev.teak.engine.Numbers;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Records as settings: a component {@code stepSize} is the setting {@code step_size}. Numbers may
 * be fractions, as {@code 8/255}; enum constants are written in small letters; what is registered
 * ({@link Registered}) is written by its name.
 */
public final class Settings {
  private Settings() {}

  /**
   * A value of its text.
   *
   * @param type a record, a registered kind, a number, an enum or a text
   * @throws SettingsException saying what is wrong and what would be right
   */
  public static <T> T parse(Class<T> type, String text) {
    return read(type, Written.of(text));
  }

  /** As {@link #parse}, of what was written somewhere. */
  public static <T> T read(Class<T> type, Written written) {
    return type.cast(RecordReader.value("", written, type));
  }

  /** Several of a kind: {@code random 0.3; noise 0.01}; nothing and {@code none} are none. */
  @SuppressWarnings("unchecked") // the reader's list has elements of the type it was told
  public static <T> List<T> readAll(Class<T> type, Written written) {
    return (List<T>) RecordReader.list("", written, type);
  }

  /**
   * The things that are written one behind the other: of a list its items, of a text what stands
   * between semicolons that are in no brackets. Quotes around a whole text are none of it.
   */
  public static List<Written> several(Written written) {
    if (written instanceof Written.Sequence s) {
      return s.items();
    }
    if (!(written instanceof Written.Text t)) {
      return List.of(written);
    }
    return at(t.place(), () -> Notation.several(Notation.unquoted(t.text()))).stream()
        .map(part -> (Written) new Written.Text(part, t.place()))
        .toList();
  }

  /** The name that something written begins with, with underscores; empty where there is none. */
  public static String name(Written written) {
    if (written instanceof Written.Mapping m && !m.entries().isEmpty()) {
      return Notation.normal(m.entries().keySet().iterator().next());
    }
    return written instanceof Written.Text t
        ? at(t.place(), () -> Notation.named(t.text()).name())
        : "";
  }

  /**
   * All settings of a record by name, as results have them: numbers, truth values, texts; lists and
   * maps of these where a setting has several, or has settings of its own.
   */
  public static Map<String, Object> of(Object record) {
    Map<String, Object> settings = new LinkedHashMap<>();
    components(record).forEach((key, value) -> settings.put(key, plain(value)));
    return settings;
  }

  private static Object plain(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Settings::plain).collect(Collectors.toList());
    }
    Kind<Object> kind = kindOf(value.getClass());
    if (kind != null) {
      return kind.settings(value);
    }
    return value instanceof Record && !isText(value.getClass()) ? of(value) : word(value);
  }

  /** A registered thing, or several, as text that is read back. */
  public static String text(Object value) {
    if (value instanceof List<?> list) {
      return list.isEmpty()
          ? "none"
          : list.stream().map(Settings::text).collect(Collectors.joining("; "));
    }
    return String.valueOf(value instanceof Double d ? Numbers.exact(d) : textOf(value));
  }

  private static Object textOf(Object value) {
    if (value instanceof Enum<?> constant) {
      return constant(constant);
    }
    Kind<Object> kind = value == null ? null : kindOf(value.getClass());
    if (kind == null) {
      return value instanceof Enum<?> e ? constant(e) : value;
    }
    String own = value.toString(); // its own notation, unless it has the one that records are given
    return own.startsWith(value.getClass().getSimpleName() + "[") ? kind.text(value) : own;
  }

  /** A value as one word: with its settings in brackets, or in quotes where it has blanks. */
  static String word(Object value) {
    if (value instanceof Enum<?> e) {
      return constant(e);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Settings::word).collect(Collectors.joining(",", "[", "]"));
    }
    if (value instanceof Record r && kindOf(r.getClass()) == null && !isText(r.getClass())) {
      return components(r).entrySet().stream()
          .filter(e -> e.getValue() != null)
          .map(e -> e.getKey() + "=" + word(e.getValue()))
          .collect(Collectors.joining(" ", "(", ")"));
    }
    String text = text(value);
    int blank = text.indexOf(' ');
    if (blank < 0 || Notation.isOneWord(text)) {
      return text;
    }
    boolean named =
        value != null
            && kindOf(value.getClass()) != null
            && Notation.several(text).size() == 1; // else a list of its own, with semicolons
    return named
        ? text.substring(0, blank) + "(" + text.substring(blank + 1) + ")"
        : "'" + text + "'";
  }

  /** Components of a record by their settings' names, as they are. */
  public static Map<String, Object> components(Object record) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : componentsOf(record.getClass())) {
      try {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true); // of a record that is private to its class
        values.put(snake(component.getName()), accessor.invoke(record));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return values;
  }

  static RecordComponent[] componentsOf(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new SettingsException(type.getName() + ": settings are records, this is none");
    }
    return components;
  }

  /** The settings that two records of one class do not share, as the first has them. */
  static Map<String, Object> differences(Object record, Object other) {
    Map<String, Object> others = components(other);
    Map<String, Object> different = new LinkedHashMap<>();
    components(record)
        .forEach(
            (key, value) -> {
              if (!Objects.equals(value, others.get(key))) {
                different.put(key, value);
              }
            });
    return different;
  }

  /** The kind that a class is registered as; null for none. */
  @SuppressWarnings("unchecked") // the constant's type is what Registered asks for
  static Kind<Object> kindOf(Class<?> type) {
    Registered registered = registration(type);
    if (registered == null) {
      return null;
    }
    try {
      return (Kind<Object>) registered.value().getField("REGISTRY").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(registered.value() + " has no constant REGISTRY", e);
    }
  }

  private static Registered registration(Class<?> type) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      if (c.isAnnotationPresent(Registered.class)) {
        return c.getAnnotation(Registered.class);
      }
      for (Class<?> i : c.getInterfaces()) {
        Registered found = registration(i);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** Whether a record is written as its settings alone, having neither name nor words. */
  public static boolean isStructure(Record record) {
    return kindOf(record.getClass()) == null && !isText(record.getClass());
  }

  /** Whether a record is written as one word or sentence, which its own parse method reads. */
  static boolean isText(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .anyMatch(
            m ->
                m.getName().equals("parse")
                    && Arrays.equals(m.getParameterTypes(), new Class<?>[] {String.class}));
  }

  /** An enum's constant as it is written: {@code per_image}. */
  static String constant(Enum<?> constant) {
    return Notation.normal(constant.toString().toLowerCase(Locale.ROOT));
  }

  /** {@code step_size} for {@code stepSize} and {@code StepSize}. */
  public static String snake(String name) {
    return name.replaceAll("(?<=[a-z0-9])([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** What a reader says, at a place. */
  static <R> R at(Written.Place place, Supplier<R> reader) {
    try {
      return reader.get();
    } catch (SettingsException e) {
      throw e; // knows its place
    } catch (IllegalArgumentException e) {
      throw place.wrong(e.getMessage());
    }
  }
}
