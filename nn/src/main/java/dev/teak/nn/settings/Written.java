package dev.teak.nn.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a person wrote of some settings, before it is known what they are of: from a file or a
 * command line, with the place that a complaint names.
 */
public sealed interface Written {
  /** Where it stands. */
  Place place();

  /**
   * A place.
   *
   * @param source a file's name, or the text itself
   * @param line from 1; 0 where there are no lines
   */
  record Place(String source, int line) {
    /** A complaint about what stands here. */
    public SettingsException wrong(String message) {
      return new SettingsException(this + ": " + message);
    }

    @Override
    public String toString() {
      return line == 0 ? source : source + ", line " + line;
    }
  }

  /** A word, a number, or a name with settings behind it: {@code pgd eps=8/255 steps=10}. */
  record Text(String text, Place place) implements Written {}

  /** Several things. */
  record Sequence(List<Written> items, Place place) implements Written {
    /** Takes a copy. */
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /** Settings by name, in their order; what stands where its key does. */
  record Mapping(Map<String, Entry> entries, Place place) implements Written {
    /** Takes a copy. */
    public Mapping {
      entries = new LinkedHashMap<>(entries);
    }
  }

  /** What a key is given, and where the key stands. */
  record Entry(Place key, Written value) {}

  /** A text by itself, as of an option. */
  static Text of(String text) {
    return new Text(text, new Place("'" + text + "'", 0));
  }
}
