package dev.teak.nn.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a text. A name comes first, its settings behind it, by name or in their order, with
 * brackets where one is nested in another; these say the same:
 *
 * <pre>
 * adversarial_training attack=pgd(eps=8/255 steps=10) warmup=200
 * adversarial_training {attack: pgd {eps: 8/255, steps: 10}, warmup: 200}
 * adversarial_training pgd(8/255) steps=10 warmup 200
 * </pre>
 *
 * A hyphen in a name counts as an underscore; what has blanks in it stands in quotes.
 */
final class Notation {
  private static final Pattern KEY =
      Pattern.compile("([A-Za-z_][\\w-]*)(=|:$)(.*)", Pattern.DOTALL);
  private static final Pattern PLACE = Pattern.compile("([A-Za-z][\\w-]+):([^\\s:].*)");
  private static final String OPEN = "({[";
  private static final String CLOSE = ")}]";

  private Notation() {}

  /**
   * A word, or a setting with its name.
   *
   * @param key its name; null where the place tells
   */
  record Word(String key, String value) {}

  /** A name and what stands behind it. */
  record Named(String name, List<Word> words) {}

  /** A name and the words behind it, or in its brackets. */
  static Named named(String text) {
    List<String> all = split(text.strip(), true);
    if (all.isEmpty()) {
      return new Named("", List.of());
    }
    String first = all.get(0);
    List<String> rest = new ArrayList<>(all.subList(1, all.size()));
    int bracket = firstOf(first, "({");
    Matcher place = PLACE.matcher(first);
    if (bracket > 0) {
      rest.addAll(0, split(inside(first.substring(bracket)), true));
      first = first.substring(0, bracket);
    } else if (place.matches()) { // folder:DIR
      rest.add(0, "'" + place.group(2) + "'");
      first = place.group(1);
    }
    return new Named(normal(first), words(rest));
  }

  /** All words of a text that begins with no name. */
  static List<Word> words(String text) {
    String t = text.strip();
    boolean whole = !t.isEmpty() && "({".indexOf(t.charAt(0)) >= 0 && end(t, 0) == t.length() - 1;
    return words(split(whole ? inside(t) : t, true));
  }

  private static List<Word> words(List<String> parts) {
    List<Word> words = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Matcher m = KEY.matcher(parts.get(i));
      if (!m.matches()) {
        words.add(new Word(null, parts.get(i)));
      } else if (m.group(3).isEmpty() && i + 1 < parts.size()) {
        words.add(new Word(normal(m.group(1)), parts.get(++i)));
      } else {
        words.add(new Word(normal(m.group(1)), m.group(3)));
      }
    }
    return words;
  }

  /** {@code per_channel} for {@code per-channel}. */
  static String normal(String name) {
    return name.replace('-', '_');
  }

  /** Without the quotes, where it stands in some. */
  static String unquoted(String text) {
    String t = text.strip();
    boolean quoted =
        t.length() > 1
            && "'\"".indexOf(t.charAt(0)) >= 0
            && t.charAt(t.length() - 1) == t.charAt(0);
    return quoted ? t.substring(1, t.length() - 1) : t;
  }

  /** What stands between semicolons, outside brackets and quotes. */
  static List<String> several(String text) {
    return between(text, ';');
  }

  /** What stands between commas, outside brackets and quotes. */
  static List<String> commas(String text) {
    return between(text, ',');
  }

  private static List<String> between(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == separator) {
        parts.add(text.substring(from, i).strip());
        from = i + 1;
      } else {
        i = end(text, i);
      }
    }
    return parts;
  }

  /** The items of {@code [a, b]}, of {@code a, b} or of {@code a,b}. */
  static List<String> items(String text) {
    String t = text.strip();
    boolean bracketed = t.startsWith("[") && end(t, 0) == t.length() - 1;
    return split((bracketed ? inside(t) : t).replace(",", ", "), true);
  }

  private static String inside(String bracketed) {
    int end = end(bracketed, 0);
    return bracketed.substring(1, end) + " " + bracketed.substring(end + 1);
  }

  /**
   * Words between blanks, and between commas before a blank.
   *
   * @param attach whether a bracket belongs to the word before it
   */
  private static List<String> split(String text, boolean attach) {
    List<String> parts = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i <= text.length(); i++) {
      boolean over = i == text.length();
      char c = over ? ' ' : text.charAt(i);
      boolean comma =
          c == ',' && (i + 1 == text.length() || Character.isWhitespace(text.charAt(i + 1)));
      if (Character.isWhitespace(c) || comma) {
        flush(word, parts, attach);
        continue;
      }
      int end = end(text, i);
      word.append(text, i, end + 1);
      i = end;
    }
    return parts;
  }

  private static void flush(StringBuilder word, List<String> parts, boolean attach) {
    if (word.length() == 0) {
      return;
    }
    int last = parts.size() - 1;
    boolean bracket = "({".indexOf(word.charAt(0)) >= 0;
    if (attach
        && bracket
        && last >= 0
        && !parts.get(last).endsWith(":")
        && !parts.get(last).endsWith("=")) {
      parts.set(last, parts.get(last) + word);
    } else {
      parts.add(word.toString());
    }
    word.setLength(0);
  }

  /** Whether a name has its settings in brackets already: {@code pgd(steps=40 restarts=2)}. */
  static boolean isOneWord(String text) {
    int open = firstOf(text, "({ ");
    return open > 0 && text.charAt(open) != ' ' && end(text, open) == text.length() - 1;
  }

  /** Where what begins here ends: a bracket or quote at its partner, all else at once. */
  private static int end(String text, int from) {
    char c = text.charAt(from);
    if (c == '\'' || c == '"') {
      int close = text.indexOf(c, from + 1);
      return close < 0 ? from : close;
    }
    if (OPEN.indexOf(c) < 0) {
      return from;
    }
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      depth += OPEN.indexOf(text.charAt(i)) >= 0 ? 1 : 0;
      depth -= CLOSE.indexOf(text.charAt(i)) >= 0 ? 1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("'" + text + "': a bracket is not closed");
  }

  private static int firstOf(String text, String any) {
    for (int i = 0; i < text.length(); i++) {
      if (any.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
