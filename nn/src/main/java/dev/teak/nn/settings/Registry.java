package dev.teak.nn.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A kind's names, and records that hold their defaults. It is open: a record that a file {@code
 * META-INF/services/KIND} on the class path names is in it too, under its class's name ({@code
 * my_defense} for {@code MyDefense}), with the defaults of its constructor without arguments and
 * the line of its {@link Description}.
 */
public final class Registry<T> implements Kind<T> {
  private final String noun;
  private final Class<T> kind;
  private final Map<String, Known<T>> own = new LinkedHashMap<>();
  private final Map<String, UnaryOperator<String>> aliases = new LinkedHashMap<>();
  private Map<String, Known<T>> all;
  private ClassLoader loadedBy;

  private record Known<T>(T defaults, String summary, List<String> required) {}

  private Registry(String noun, Class<T> kind) {
    this.noun = noun;
    this.kind = kind;
  }

  /** An empty one. */
  public static <T> Registry<T> of(String noun, Class<T> kind) {
    return new Registry<>(noun, kind);
  }

  /**
   * With one more.
   *
   * @param name the field's, in small letters with underscores
   * @param defaults a record
   * @param required components that must be given, their defaults notwithstanding
   */
  public Registry<T> add(String name, String summary, T defaults, String... required) {
    own.put(name, new Known<>(defaults, summary, Arrays.asList(required)));
    return this;
  }

  /**
   * With another way to write something.
   *
   * @param name the first word of it
   * @param instead makes of what stands behind the name a text without it
   */
  public Registry<T> alias(String name, UnaryOperator<String> instead) {
    aliases.put(name, instead);
    return this;
  }

  @Override
  public String noun() {
    return noun;
  }

  /** The names there are, those from the class path last. */
  public List<String> names() {
    return List.copyOf(all().keySet());
  }

  private synchronized Map<String, Known<T>> all() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    if (all == null || loader != loadedBy) {
      Map<String, Known<T>> found = new LinkedHashMap<>(own);
      for (T each : ServiceLoader.load(kind, loader)) {
        Description line = each.getClass().getAnnotation(Description.class);
        String summary = line == null ? "of " + each.getClass().getName() : line.value();
        found.putIfAbsent(
            Settings.snake(each.getClass().getSimpleName()), new Known<>(each, summary, List.of()));
      }
      all = found;
      loadedBy = loader;
    }
    return all;
  }

  @Override
  public T read(Written written) {
    NamedSettings named = NamedSettings.of(written, noun);
    if (named.name().isEmpty()) {
      throw named.place().wrong("expects the name of a " + noun + "; " + known());
    }
    UnaryOperator<String> alias = aliases.get(named.name());
    if (alias != null) {
      return read(new Written.Text(alias.apply(named.rest()).strip(), named.place()));
    }
    Known<T> known = require(named.name(), named.place());
    return kind.cast(named.record(known.defaults.getClass(), known.defaults, known.required));
  }

  private Known<T> require(String name, Written.Place place) {
    Known<T> known = all().get(name);
    if (known == null) {
      String nearest = Nearest.of(name, all().keySet());
      throw place.wrong("there is no " + noun + " '" + name + "'" + nearest + "; " + known());
    }
    return known;
  }

  private String known() {
    return "choose " + String.join(", ", all().keySet());
  }

  private Map.Entry<String, Known<T>> entryOf(T value) {
    List<Map.Entry<String, Known<T>>> ofClass = new ArrayList<>();
    for (Map.Entry<String, Known<T>> e : all().entrySet()) {
      if (e.getValue().defaults.getClass() == value.getClass()) {
        ofClass.add(e);
      }
    }
    if (ofClass.isEmpty()) {
      throw new SettingsException(
          String.format(
              Locale.ROOT, "%s is no registered %s: %s", value.getClass().getName(), noun, value));
    }
    // Of several names of one record (adam, adamw) the one whose defaults are nearest.
    Map.Entry<String, Known<T>> best = ofClass.get(0);
    for (Map.Entry<String, Known<T>> e : ofClass) {
      if (Settings.differences(value, e.getValue().defaults).size()
          < Settings.differences(value, best.getValue().defaults).size()) {
        best = e;
      }
    }
    return best;
  }

  /** What a thing is called. */
  public String name(T value) {
    return entryOf(value).getKey();
  }

  @Override
  public Map<String, Object> settings(T value) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("name", name(value));
    settings.putAll(Settings.of(value));
    return settings;
  }

  /** The name and the settings that differ from its defaults, or must be given. */
  @Override
  public String text(T value) {
    Map.Entry<String, Known<T>> entry = entryOf(value);
    Known<T> known = entry.getValue();
    Map<String, Object> shown = Settings.components(value);
    shown
        .keySet()
        .retainAll(
            Stream.concat(
                    known.required.stream(),
                    Settings.differences(value, known.defaults).keySet().stream())
                .toList());
    StringBuilder text = new StringBuilder(entry.getKey());
    shown.forEach((key, v) -> text.append(' ').append(key).append('=').append(Settings.word(v)));
    return text.toString();
  }

  @Override
  public List<Kind.Entry> entries() {
    List<Kind.Entry> entries = new ArrayList<>();
    all()
        .forEach(
            (name, known) -> {
              List<String> settings = new ArrayList<>();
              Settings.components(known.defaults)
                  .forEach(
                      (key, v) ->
                          settings.add(
                              known.required.contains(key) || v == null
                                  ? key + "=" + key.toUpperCase(Locale.ROOT)
                                  : key + "=" + Settings.word(v)));
              entries.add(new Kind.Entry(name, String.join(" ", settings), known.summary));
            });
    return entries;
  }
}
