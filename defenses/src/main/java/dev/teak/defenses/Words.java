package dev.teak.defenses;

import dev.teak.engine.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The words of a {@link Part}'s text, taken one after the other. */
final class Words {
  private final String text;
  private final String[] words;
  private int at;
  private String form = "";

  Words(String text) {
    this.text = text.strip();
    this.words = this.text.isEmpty() ? new String[0] : this.text.split("\\s+");
  }

  /** How the text should read, for messages. */
  void form(String right) {
    form = "; expects '" + right + "'";
  }

  /** An error that names the text and how it should read. */
  IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("defense '" + text + "': " + what + form);
  }

  /** What a reader makes of the words; where a value is rejected, the message names the text. */
  <T> T checked(Function<Words, T> reader) {
    try {
      return reader.apply(this);
    } catch (IllegalArgumentException e) {
      String said = e.getMessage();
      throw said.startsWith("defense '") ? e : wrong(said);
    }
  }

  private boolean more() {
    return at < words.length;
  }

  /** The next word. */
  String next(String what) {
    if (!more()) {
      throw wrong(what + " is missing");
    }
    return words[at++];
  }

  /** Whether this word comes next; it is then passed. */
  boolean take(String word) {
    boolean here = more() && words[at].equals(word);
    at += here ? 1 : 0;
    return here;
  }

  double number() {
    String word = next("a number");
    try {
      return Numbers.parse(word);
    } catch (NumberFormatException e) {
      throw wrong("'" + word + "' is no number");
    }
  }

  int whole() {
    String word = next("a whole number");
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw wrong("'" + word + "' is no whole number");
    }
  }

  /** All that is left, as numbers. */
  Double[] numbers() {
    List<Double> all = new ArrayList<>();
    do {
      all.add(number());
    } while (more());
    return all.toArray(Double[]::new);
  }

  /** The name behind {@code @}; null where none comes next. */
  String afterAt() {
    return more() && words[at].startsWith("@") ? words[at++].substring(1) : null;
  }

  /** Throws unless every word was taken. */
  void end() {
    if (more()) {
      throw wrong("'" + words[at] + "' is one word too many, or in the wrong place");
    }
  }
}
