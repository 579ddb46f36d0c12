package dev.teak.nn.settings;

import java.util.List;
import java.util.Map;

/** A kind of thing that settings name, and all there are of it. */
public interface Kind<T> {
  /** What one of it is called: {@code defense}. */
  String noun();

  /**
   * The one that was written.
   *
   * @throws SettingsException saying where and what is wrong, and what there is
   */
  T read(Written written);

  /** Its settings by name, the name of the thing itself first, as {@code name}. */
  Map<String, Object> settings(T value);

  /** A text that {@link #read} takes back. */
  String text(T value);

  /** All that can be named, for help. */
  List<Entry> entries();

  /**
   * One that can be named.
   *
   * @param name how
   * @param settings that it takes, with their defaults: {@code eps=0.3 steps=40}
   * @param summary a line about it
   */
  record Entry(String name, String settings, String summary) {}
}
