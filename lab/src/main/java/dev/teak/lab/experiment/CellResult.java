package dev.teak.lab.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.teak.attacks.evaluation.Check;
import dev.teak.nn.train.Metrics;
import java.util.List;

/**
 * What was measured of a cell: one line of {@code results.jsonl}. It holds no times, so that the
 * same cell gives the same line on every run; those are {@link CellTimes}. All shares are 0..1;
 * precision, recall and F1 are macro means over the classes.
 *
 * @param cell which
 * @param epochs how training went
 * @param clean on the test set
 * @param attacked on the first images of the test set, in the order measured: for each attack every
 *     epsilon
 * @param masked with one consistent mask in front at test time; null without a mask
 * @param predictions what was said of each test image
 * @param checks the ten checks for masked gradients; empty where this cell was not checked
 * @param effectiveDimension of a learned mask: the sum of its entries; null without one
 * @param parameters of the model
 * @param sizeMb of its weights in millions of bytes
 * @param examples a few attacked images; empty but for the first seed
 */
public record CellResult(
    Cell cell,
    List<Epoch> epochs,
    Scores clean,
    List<Attacked> attacked,
    Masked masked,
    Predictions predictions,
    List<Check> checks,
    Double effectiveDimension,
    long parameters,
    double sizeMb,
    List<Example> examples) {
  /** Components alone: a record's isSomething() is no property of it. */
  static final ObjectMapper JSON =
      JsonMapper.builder().disable(MapperFeature.AUTO_DETECT_IS_GETTERS).build();

  /** The names of the attacks, as in {@link Attacked}. */
  public static final List<String> ATTACKS = List.of("fgsm", "pgd", "autoattack");

  /** Takes copies of lists. */
  public CellResult {
    epochs = List.copyOf(epochs);
    attacked = List.copyOf(attacked);
    checks = List.copyOf(checks);
    examples = List.copyOf(examples);
  }

  /**
   * How an epoch went.
   *
   * @param epoch from 1
   * @param loss mean over its examples
   * @param trainAccuracy on the batches as they were trained on
   * @param validationAccuracy on whole images that were held back; NaN, like the next three, where
   *     none were
   * @param precision on them
   * @param recall on them
   * @param f1 on them
   */
  public record Epoch(
      int epoch,
      double loss,
      double trainAccuracy,
      double validationAccuracy,
      double precision,
      double recall,
      double f1) {}

  /**
   * How well classes were told apart.
   *
   * @param confusion {@code [true class][predicted class]} counts
   */
  @SuppressWarnings("ArrayRecordComponent") // a table, never compared
  public record Scores(
      double accuracy, double precision, double recall, double f1, int[][] confusion) {
    /** Of a confusion matrix. */
    static Scores of(Metrics m) {
      return new Scores(
          m.accuracy(), m.macroPrecision(), m.macroRecall(), m.macroF1(), m.confusion());
    }
  }

  /**
   * What an attack left.
   *
   * @param attack {@code fgsm}, {@code pgd} or {@code autoattack}
   * @param epsilon in L-infinity, pixels in 0..1
   * @param images how many were attacked: the first so many of the test set
   * @param cleanAccuracy on these images as they are
   * @param accuracy share of them right as they are and after the attack
   * @param low of the 95% interval of the accuracy, by Wilson's score
   * @param high of it
   */
  public record Attacked(
      String attack,
      double epsilon,
      int images,
      double cleanAccuracy,
      double accuracy,
      double low,
      double high,
      double precision,
      double recall,
      double f1) {}

  /**
   * With one consistent mask in front of the model at test time, through which attacks see.
   *
   * @param mask in words
   * @param accuracy on the test set
   * @param attacked as of the model without it; fewer attacks
   */
  public record Masked(String mask, double accuracy, List<Attacked> attacked) {
    /** Takes a copy of the list. */
    public Masked {
      attacked = List.copyOf(attacked);
    }
  }

  /**
   * A class for each image, as one character of 0-9a-z.
   *
   * @param labels the true classes of the test set
   * @param clean what was predicted of it
   * @param attacked what was predicted of its first images under attack
   * @param attack which
   * @param epsilon how strong
   */
  public record Predictions(
      String labels, String clean, String attacked, String attack, double epsilon) {}

  /**
   * An attacked image. Pixels are bytes in base64, {@code height x width x channels}.
   *
   * @param image its number in the test set
   * @param label its true class
   * @param prediction of the image as it is
   * @param attackedPrediction of the adversarial image
   */
  public record Example(
      int image,
      int label,
      int prediction,
      int attackedPrediction,
      String attack,
      double epsilon,
      int height,
      int width,
      int channels,
      String original,
      String adversarial) {}

  /** As one line of JSON, without a line's end. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * From a line of JSON.
   *
   * @throws JsonProcessingException if it is not one
   */
  public static CellResult parse(String json) throws JsonProcessingException {
    return JSON.readValue(json, CellResult.class);
  }
}
