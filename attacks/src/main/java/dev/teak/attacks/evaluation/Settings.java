package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Numbers;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The settings of an attack by name, {@code step_size} for {@code stepSize}: as results, the
 * command line and files have them. Attacks are records, so their components are their settings.
 */
public final class Settings {
  private Settings() {}

  /**
   * All settings of an attack: numbers, truth values and words; its threat model as {@code norm},
   * {@code eps}, {@code low} and {@code high}.
   */
  public static Map<String, Object> of(Attack attack) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("name", attack.name());
    for (RecordComponent component : components(attack)) {
      Object value = value(attack, component);
      if (value instanceof ThreatModel threat) {
        settings.put("norm", threat.norm().toString());
        settings.put("eps", threat.epsilon());
        settings.put("low", threat.low());
        settings.put("high", threat.high());
      } else if (value instanceof List<?> parts) {
        settings.put(
            key(component),
            parts.stream().map(p -> p instanceof Attack a ? of(a) : p.toString()).toList());
      } else if (value instanceof Attack inner) {
        settings.put(key(component), of(inner));
      } else {
        boolean plain = value instanceof Number || value instanceof Boolean;
        settings.put(key(component), plain ? value : String.valueOf(value));
      }
    }
    return settings;
  }

  /** The names of what {@link #with} can change. */
  public static List<String> keys(Attack attack) {
    return Arrays.stream(components(attack))
        .filter(c -> parsable(c.getType()))
        .map(Settings::key)
        .collect(Collectors.toList());
  }

  /** What {@link #with} can change, with the types of its values; a loss is a text. */
  static Map<String, Type> types(Attack attack) {
    Map<String, Type> types = new LinkedHashMap<>();
    for (RecordComponent component : components(attack)) {
      if (parsable(component.getType())) {
        boolean loss = component.getType() == Loss.class;
        types.put(key(component), loss ? String.class : component.getType());
      }
    }
    return types;
  }

  /**
   * An attack with some settings changed at once.
   *
   * @param values of the types of {@link #types}
   */
  static Attack with(Attack attack, Map<String, Object> values) {
    return made(
        attack,
        component -> {
          Object value = values.get(key(component));
          if (value == null) {
            return value(attack, component);
          }
          return component.getType() == Loss.class ? Loss.byName((String) value) : value;
        });
  }

  /**
   * The attack as it is on the way to its full strength: epsilon, and what its authors have set as
   * a share of it, such as the length of a step, are so much smaller.
   *
   * @param share of the strength, above 0 and at most 1
   * @param seed added to its own, where it has one
   */
  public static Attack weaker(Attack attack, double share, long seed) {
    ThreatModel threat = attack.threat();
    ThreatModel less = threat.withEpsilon(threat.epsilon() * share);
    Attacks.Entry entry = Attacks.of(attack);
    Map<String, Object> usual = of(entry.under(threat));
    Map<String, Object> half = of(entry.under(threat.withEpsilon(threat.epsilon() / 2)));
    return made(
        attack,
        component -> {
          Object value = value(attack, component);
          String key = key(component);
          if (value instanceof ThreatModel) {
            return less;
          }
          if (value instanceof Double size && !usual.get(key).equals(half.get(key))) {
            return size * share;
          }
          return key.equals("seed") && value instanceof Long own ? (Object) (own + seed) : value;
        });
  }

  /**
   * An attack with one setting changed.
   *
   * @param key as of {@link #of}; a hyphen counts as an underscore
   * @param value in words; a loss by its name
   * @throws IllegalArgumentException if there is no such setting, or it rejects the value
   */
  public static Attack with(Attack attack, String key, String value) {
    for (RecordComponent component : components(attack)) {
      if (key(component).equals(key.replace('-', '_')) && parsable(component.getType())) {
        return with(attack, component, parse(attack, key, component.getType(), value));
      }
    }
    throw new IllegalArgumentException(
        attack.name() + " has no setting '" + key + "'; it has " + String.join(", ", keys(attack)));
  }

  /**
   * An attack with another goal.
   *
   * @throws IllegalArgumentException if it has only the one
   */
  public static Attack with(Attack attack, Goal goal) {
    return with(attack, Goal.class, goal);
  }

  /** An attack under another threat model. Steps that were a share of epsilon stay as they are. */
  public static Attack with(Attack attack, ThreatModel threat) {
    return with(attack, ThreatModel.class, threat);
  }

  private static Attack with(Attack attack, Class<?> type, Object value) {
    for (RecordComponent component : components(attack)) {
      if (component.getType() == type) {
        return with(attack, component, value);
      }
    }
    throw new IllegalArgumentException(
        attack.name() + " has no other " + type.getSimpleName() + " than its own");
  }

  private static RecordComponent[] components(Attack attack) {
    RecordComponent[] components = attack.getClass().getRecordComponents();
    if (components == null) {
      throw new IllegalArgumentException(
          attack.name()
              + ": attacks are records of their settings, "
              + attack.getClass()
              + " is not");
    }
    return components;
  }

  private static Attack with(Attack attack, RecordComponent changed, Object value) {
    return made(attack, c -> c.getName().equals(changed.getName()) ? value : value(attack, c));
  }

  private static Attack made(Attack attack, Function<RecordComponent, Object> values) {
    RecordComponent[] components = components(attack);
    Object[] all = Arrays.stream(components).map(values).toArray();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<? extends Attack> made = attack.getClass().getDeclaredConstructor(types);
      made.setAccessible(true); // of a record that is not public
      return made.newInstance(all);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw rejected;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object value(Attack attack, RecordComponent component) {
    try {
      return component.getAccessor().invoke(attack);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code step_size} for {@code stepSize}. */
  private static String key(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static boolean parsable(Class<?> type) {
    return type.isPrimitive() || type == Loss.class;
  }

  private static Object parse(Attack attack, String key, Class<?> type, String value) {
    try {
      if (type == Loss.class) {
        return Loss.byName(value);
      }
      if (type == boolean.class) {
        if (!value.equals("true") && !value.equals("false")) {
          throw new NumberFormatException();
        }
        return Boolean.valueOf(value);
      }
      if (type == int.class) {
        return Integer.valueOf(value);
      }
      return type == long.class ? (Object) Long.valueOf(value) : (Object) Numbers.parse(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          attack.name() + ": " + key + " '" + value + "': expects " + expected(type), e);
    }
  }

  private static String expected(Class<?> type) {
    if (type == Loss.class) {
      return "a loss, as ce or ce*10";
    }
    return type == boolean.class
        ? "true or false"
        : type == double.class ? "a number, as 0.03 or 8/255" : "a whole number";
  }
}
