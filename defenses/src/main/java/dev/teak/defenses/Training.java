package dev.teak.defenses;

import dev.teak.defenses.mask.LearnedMask;
import dev.teak.engine.Philox;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.train.TrainingLoss;
import dev.teak.nn.train.TrainingMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * How a model is trained: a list of changes to plain training, as a value. What acts on images acts
 * in the order of the list: {@code adv-pgd 0.3; random 0.3} attacks the images and masks what the
 * attack made; {@code random 0.3; adv-pgd 0.3} masks them and lets the attack change masked pixels
 * too. What acts on gradients acts in that order as well, after the backward pass or, at a layer,
 * within it.
 *
 * <p>A mask may leave the range of pixels: {@code filter sharpen} does, and so may any {@code
 * fill}. The model is trained on what it gives as it is, unless an adversarial training follows: an
 * attack starts within its range, so that what is handed to it is clipped to that.
 *
 * <pre>{@code
 * Training training = Training.of(AdversarialTraining.pgd(0.2), Mask.random(0.3));
 * try (Training.Run run = training.on(model, image, seed)) {
 *   Optimizer adam = Adam.adam(run.parameters(), 2e-3);
 *   new Trainer(model, adam, schedule, epochs, batch, seed, run, checkpoint, listener).run(...);
 * }
 * }</pre>
 *
 * @param parts the changes, in order
 */
public record Training(List<Part> parts) {
  /** No change. */
  public static final Training PLAIN = of();

  /** How {@link #PLAIN} is written. */
  static final String NONE = "none";

  /** Rejects a mask that could not learn. */
  public Training {
    parts = List.copyOf(parts);
    for (int i = 1; i < parts.size(); i++) {
      for (Part earlier : parts.subList(0, i)) {
        requireOrder(earlier, parts.get(i));
      }
    }
  }

  private static void requireOrder(Part earlier, Part later) {
    if (earlier instanceof LearnedMask && later instanceof AdversarialTraining) {
      throw new IllegalArgumentException(
          "'"
              + earlier
              + "' before '"
              + later
              + "': an attack's images have no gradient that leads back to the mask; put the mask"
              + " behind the attack");
    }
  }

  /** Of these changes, in this order. */
  public static Training of(Part... parts) {
    return new Training(Arrays.asList(parts));
  }

  /**
   * Of a text as {@link #toString} gives it: parts as {@link Parts} describes them, with {@code ;}
   * between; {@code none} or nothing for plain training.
   *
   * @throws IllegalArgumentException saying what is wrong and what is possible
   */
  public static Training parse(String text) {
    if (text.isBlank() || text.strip().equals(NONE)) {
      return PLAIN;
    }
    return new Training(Arrays.stream(text.split(";", -1)).map(Parts::parse).toList());
  }

  /** What {@link #parse} takes. */
  @Override
  public String toString() {
    return parts.isEmpty()
        ? NONE
        : parts.stream().map(Part::toString).collect(Collectors.joining("; "));
  }

  /**
   * The seed of a part: the first has the run's own, so that a fixed mask is found again with it.
   *
   * @param part its place in the list, from 0
   */
  public static long seedOf(long seed, int part) {
    return part == 0 ? seed : Philox.key(seed, "part/" + part);
  }

  /**
   * This training made ready for a model, on the current device.
   *
   * @param model to be trained
   * @param image {@code [H, W, C]}
   * @param seed of all that is random in it
   * @throws IllegalArgumentException if a part does not fit the model
   */
  public Run on(Module model, Shape image, long seed) {
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      stages.add(parts.get(i).on(model, image, seedOf(seed, i)));
    }
    return new Run(model, stages);
  }

  /** One training of one model. Closing it gives back what its parts have learned or kept. */
  public static final class Run implements TrainingMethod, AutoCloseable {
    private final Module model;
    private final List<Stage> stages;
    private final TrainingLoss loss;

    private Run(Module model, List<Stage> stages) {
      this.model = model;
      this.stages = stages;
      TrainingLoss whole = TrainingLoss.CROSS_ENTROPY;
      for (int i = stages.size() - 1; i >= 0; i--) {
        whole = stages.get(i).loss(whole); // the first is the outermost, and hooks a layer first
      }
      this.loss = whole;
    }

    /**
     * The images to train on.
     *
     * @throws IllegalArgumentException if an attack is among the parts and the images leave its
     *     range
     */
    @Override
    public Tensor transform(Module of, Tensor images, Tensor labels, long step) {
      Tensor x = images;
      for (Stage stage : stages) {
        if (x != images && stage instanceof AdversarialTraining attack) {
          x = attack.intoRange(images, x);
        }
        x = stage.transform(of, x, labels, step);
      }
      return x;
    }

    @Override
    public Result loss(Module of, Tensor images, Tensor labels, long step) {
      return loss.loss(of, images, labels, step);
    }

    @Override
    public void gradients(Module of, long step) {
      stages.forEach(stage -> stage.gradients(of, step));
    }

    /** All that trains, by name: for the optimizer. */
    public Map<String, Tensor> parameters() {
      Map<String, Tensor> all = new LinkedHashMap<>(model.namedParameters());
      for (int i = 0; i < stages.size(); i++) {
        String prefix = "defense." + i + ".";
        stages.get(i).parameters().forEach((name, t) -> all.put(prefix + name, t));
      }
      return all;
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> all = new LinkedHashMap<>();
      for (int i = 0; i < stages.size(); i++) {
        String prefix = i + ".";
        stages.get(i).state().forEach((name, t) -> all.put(prefix + name, t));
      }
      return all;
    }

    /**
     * The model behind the masks of this training, as they stay at test time: one consistent mask,
     * a fixed one being that of the training. Empty where the training has no mask. It holds until
     * this run is closed.
     */
    public Optional<Module> masked() {
      List<Module> all =
          stages.stream().flatMap(s -> s.atTest().stream()).collect(Collectors.toList());
      if (all.isEmpty()) {
        return Optional.empty();
      }
      all.add(model);
      return Optional.of(new Sequential(all.toArray(Module[]::new)));
    }

    /** How many pixels a learned mask keeps, in the mean of its draws: sum m_j; else empty. */
    public OptionalDouble effectiveDimension() {
      return stages.stream()
          .map(Stage::effectiveDimension)
          .filter(OptionalDouble::isPresent)
          .findFirst()
          .orElse(OptionalDouble.empty());
    }

    @Override
    public void close() {
      state()
          .values()
          .forEach(
              t -> {
                t.zeroGrad();
                t.release();
              });
    }
  }
}
