package dev.teak.nn.settings;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A name, and the settings that were written behind it: what a {@link Kind} reads. */
public final class NamedSettings {
  private final String name;
  private final Written.Place place;
  private final Written.Mapping mapping; // null: words
  private final List<Notation.Word> words;
  private final String rest;

  private NamedSettings(
      String name,
      Written.Place place,
      Written.Mapping mapping,
      List<Notation.Word> words,
      String rest) {
    this.name = name;
    this.place = place;
    this.mapping = mapping;
    this.words = words;
    this.rest = rest;
  }

  /**
   * Takes apart what was written of one thing.
   *
   * @param noun what such a thing is called
   * @throws SettingsException if it is a list, or a mapping of several names
   */
  public static NamedSettings of(Written written, String noun) {
    if (written instanceof Written.Text t) {
      Notation.Named named = Settings.at(t.place(), () -> Notation.named(t.text()));
      String rest = t.text().strip().substring(named.name().length());
      return new NamedSettings(named.name(), t.place(), null, named.words(), rest);
    }
    if (!(written instanceof Written.Mapping m)) {
      throw written.place().wrong("expects one " + noun + ", is a list");
    }
    if (m.entries().size() != 1) {
      throw m.place().wrong("expects one " + noun + ", as NAME: {SETTING: VALUE}");
    }
    Map.Entry<String, Written.Entry> one = m.entries().entrySet().iterator().next();
    String name = Notation.normal(one.getKey());
    Written settings = one.getValue().value();
    Written.Place place = one.getValue().key();
    if (settings instanceof Written.Mapping inner) {
      return new NamedSettings(name, place, inner, null, " " + flat(inner));
    }
    List<Notation.Word> words = Settings.at(place, () -> Notation.words(flat(settings)));
    return new NamedSettings(name, place, null, words, " " + flat(settings));
  }

  /** The name, with underscores; empty where there is none. */
  public String name() {
    return name;
  }

  /** Where the name stands. */
  public Written.Place place() {
    return place;
  }

  /** What stands behind the name, as text. */
  String rest() {
    return rest;
  }

  /**
   * The settings that were written, by name, in their order.
   *
   * @param types of all settings there are, in the order in which values without a name are taken
   * @throws SettingsException if there is no such setting, or it is of another type
   */
  public Map<String, Object> read(Map<String, Type> types) {
    Map<String, Object> values = new LinkedHashMap<>();
    given(types)
        .forEach(
            (key, entry) ->
                values.put(key, RecordReader.value(key, entry.value(), types.get(key))));
    return values;
  }

  private Map<String, Written.Entry> given(Map<String, Type> types) {
    RecordReader reader = new RecordReader(name, place);
    return mapping == null ? reader.given(types, words) : reader.given(types, mapping);
  }

  /** A record of them, the others as the defaults have them. */
  Object record(Class<?> type, Object defaults, List<String> required) {
    RecordReader reader = new RecordReader(name, place);
    return mapping == null
        ? reader.read(type, defaults, required, words)
        : reader.read(type, defaults, required, mapping);
  }

  /** What is written, as words. */
  private static String flat(Written written) {
    if (written instanceof Written.Text t) {
      return t.text();
    }
    if (written instanceof Written.Sequence s) {
      return s.items().stream()
          .map(NamedSettings::flat)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return ((Written.Mapping) written)
        .entries().entrySet().stream()
            .map(e -> e.getKey() + "=" + flat(e.getValue().value()))
            .collect(Collectors.joining(" "));
  }
}
