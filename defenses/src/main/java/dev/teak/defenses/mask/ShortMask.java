package dev.teak.defenses.mask;

import dev.teak.defenses.Defenses;
import java.util.List;

/** How masks are written in short: {@code random 0.3 exact fixed per-channel filter blur 3}. */
public final class ShortMask {
  private static final List<String> VARY = List.of("per-image", "per-batch", "fixed");

  private ShortMask() {}

  /**
   * A mask in the notation of all defenses.
   *
   * @param region its name, which comes first in short
   * @param rest what stands behind that
   */
  public static String inFull(String region, String rest) {
    StringBuilder inside = new StringBuilder();
    StringBuilder beside = new StringBuilder();
    String[] words = rest.isBlank() ? new String[0] : rest.strip().split("\\s+", -1);
    for (int i = 0; i < words.length; i++) {
      String word = words[i].replace('_', '-');
      if (word.equals("filter") || word.equals("fill")) {
        String filled = String.join(" ", List.of(words).subList(i + 1, words.length));
        beside.append(' ').append(word.equals("fill") ? constant(filled) : filter(filled));
        break;
      }
      if (VARY.contains(word)) {
        beside.append(" vary=").append(word);
      } else if (word.equals("per-channel")) {
        beside.append(" per_channel");
      } else if (word.matches("(region|fill|vary|per-channel)[=:].*")) {
        beside.append(' ').append(String.join(" ", List.of(words).subList(i, words.length)));
        break;
      } else {
        inside.append(inside.length() == 0 ? "" : " ").append(words[i]);
      }
    }
    return "mask region=" + region + "(" + inside + ")" + beside;
  }

  private static String constant(String value) {
    return "fill=constant(value='" + value + "')";
  }

  /** A filter is named, or is numbers. */
  public static String filter(String filter) {
    boolean numbers = filter.matches("[-+.\\d].*");
    return numbers
        ? "fill=kernel([" + filter.strip().replaceAll("\\s+", ",") + "])"
        : "fill=" + named(filter.strip());
  }

  private static String named(String filter) {
    String[] words = filter.split("\\s+", 2);
    return words.length == 1 ? words[0] : words[0] + "(" + words[1] + ")";
  }

  /** In short where region and fill are of this project, else in full. */
  static String text(Mask mask) {
    Region region = mask.region();
    boolean known =
        Region.class.equals(region.getClass().getEnclosingClass())
            && Fill.class.equals(mask.fill().getClass().getEnclosingClass());
    if (!known) {
      return Defenses.REGISTRY.text(mask);
    }
    StringBuilder text = new StringBuilder();
    if (!(region instanceof Region.Everywhere)) {
      text.append(region);
    }
    if (region.isRandom() && mask.vary() != Mask.Vary.IMAGE) {
      text.append(' ').append(mask.vary());
    }
    if (mask.perChannel()) {
      text.append(" per-channel");
    }
    if (mask.fill() instanceof Fill.Constant c) {
      text.append(c.equals(Mask.BLACK) ? "" : " fill" + c.toString().replace("constant", ""));
    } else if (mask.fill() instanceof Fill.Kernel k) {
      text.append(" filter ")
          .append(k.toString().replaceAll("kernel \\[|\\]", "").replace(',', ' '));
    } else {
      text.append(" filter ").append(mask.fill());
    }
    return text.toString().strip();
  }
}
