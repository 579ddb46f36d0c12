package dev.teak.lab.report;

import java.util.List;
import java.util.Locale;

/**
 * A line of the first screen: what was asked, what the paper prints, and what was found.
 *
 * @param question in a few words
 * @param paper its own figure, in a few words; empty where there is no paper
 * @param answers one, or one for each model
 */
public record Question(String question, String paper, List<Answer> answers) {
  /** How an answer stands to what the paper claims. */
  public enum Verdict {
    YES("\u2713"),
    PARTLY("\u25d0"),
    NO("\u2717"),
    OPEN("?");

    private final String sign;

    Verdict(String sign) {
      this.sign = sign;
    }

    /** Of a difference: which side of zero it is shown to lie on. */
    public static Verdict of(Summary difference) {
      return difference.isAboveZero() ? YES : difference.isBelowZero() ? NO : OPEN;
    }

    /** Tells it apart without its colour. */
    public String sign() {
      return sign;
    }

    /** Its class in {@link Page}'s style. */
    public String style() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What was found.
   *
   * @param of which model, where there are several; empty for one
   * @param figure ours, with its interval
   * @param verdict as a sign
   * @param word the verdict in a few words
   * @param behind the sentences that it rests on
   */
  public record Answer(
      String of, String figure, Verdict verdict, String word, List<String> behind) {}
}
