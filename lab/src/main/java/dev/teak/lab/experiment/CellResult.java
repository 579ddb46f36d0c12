package dev.teak.lab.experiment;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.attacks.evaluation.Check;
import dev.teak.lab.measure.Attacked;
import dev.teak.lab.measure.BehindMask;
import dev.teak.lab.measure.Clean;
import dev.teak.lab.measure.MaskedGradients;
import dev.teak.nn.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was measured of a cell: one line of {@code results.jsonl}. It holds no times, so that the
 * same cell gives the same line on every run; those are {@link CellTimes}. All shares are 0..1.
 *
 * @param cell which
 * @param epochs how training went, phase by phase
 * @param measures what was found, by what was asked: {@code clean}, {@code pgd@0.3}
 * @param parameters of the model
 * @param sizeMb of its weights in millions of bytes
 */
public record CellResult(
    Key cell, List<Epoch> epochs, Map<String, Measured> measures, long parameters, double sizeMb) {
  static final ObjectMapper JSON = JsonLines.STRICT;

  /** Takes copies; rejects negative sizes. */
  public CellResult {
    requireNonNull(cell, "it does not say of which cell");
    requireNonNull(measures, "it has no measures");
    requireNonNull(epochs, "it has no epochs");
    if (parameters < 0 || !(sizeMb >= 0)) {
      throw new IllegalArgumentException(parameters + " parameters of " + sizeMb + " MB");
    }
    epochs = List.copyOf(epochs);
    measures = new LinkedHashMap<>(measures);
  }

  /**
   * A cell in words.
   *
   * @param id names it within its experiment
   * @param recipe its recipe's name
   * @param model its architecture
   * @param defenses of its phases
   * @param seed of everything random
   * @param phases all settings of each
   */
  public record Key(
      String id,
      String recipe,
      String model,
      String defenses,
      long seed,
      List<Map<String, Object>> phases) {
    /** Takes a copy. */
    public Key {
      phases = List.copyOf(phases);
    }

    /** Of a cell. */
    public static Key of(Cell cell) {
      Recipe r = cell.recipe();
      return new Key(
          cell.id(),
          r.name(),
          Settings.text(r.model()),
          r.words(),
          cell.seed(),
          r.phases().stream().map(Settings::of).toList());
    }
  }

  /**
   * How an epoch went.
   *
   * @param phase from 1
   * @param epoch of the phase, from 1
   * @param figures by name: {@code loss}, {@code train_accuracy} on the batches as they were
   *     trained on, {@code validation_accuracy} and more on whole images that were held back, and
   *     what defenses tell of themselves
   */
  public record Epoch(int phase, int epoch, Map<String, Double> figures) {
    /** Takes a copy; rejects shares beyond 0..1. */
    public Epoch {
      figures = new LinkedHashMap<>(requireNonNull(figures, "an epoch has no figures"));
      figures.forEach((name, value) -> Figure.requireShare(name, value));
    }

    /** A figure; NaN where there is none of this name. */
    public double figure(String name) {
      return figures.getOrDefault(name, Double.NaN);
    }
  }

  /** A figure of the last epoch; NaN where there is none of this name. */
  public double last(String figure) {
    return epochs.isEmpty() ? Double.NaN : epochs.get(epochs.size() - 1).figure(figure);
  }

  /** What was found by this name. */
  public Optional<Measured> measured(String name) {
    return Optional.ofNullable(measures.get(name));
  }

  /** What a measure found, with each of its settings. */
  public Stream<Measured> all(String measure) {
    return measures.values().stream().filter(m -> m.measure().equals(measure));
  }

  /** A figure of the images as they are; NaN where it was not measured. */
  public double clean(String figure) {
    return measured(Clean.NAME).map(m -> m.value(figure)).orElse(Double.NaN);
  }

  /** What attacks left that know the defense. */
  public List<UnderAttack> attacked() {
    return all(Attacked.NAME)
        .filter(m -> !Boolean.TRUE.equals(m.settings().get("naive")))
        .map(UnderAttack::of)
        .toList();
  }

  /** What attacks left of the model behind the masks of its training. */
  public List<UnderAttack> attackedBehindMask() {
    return all(BehindMask.NAME)
        .filter(m -> m.settings().containsKey("attack"))
        .map(UnderAttack::of)
        .toList();
  }

  /** The checks for masked gradients; empty where they were not asked for. */
  public List<Check> checks() {
    return all(MaskedGradients.NAME).flatMap(m -> m.checks().stream()).toList();
  }

  /** Attacked images of all measures that keep some; empty where none was asked for. */
  public List<Measured.Example> examples() {
    return measures.values().stream().flatMap(m -> m.examples().stream()).toList();
  }

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
