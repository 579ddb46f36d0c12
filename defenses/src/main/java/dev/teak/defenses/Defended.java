package dev.teak.defenses;

import dev.teak.attacks.Victim;
import dev.teak.attacks.adaptive.Bpda;
import dev.teak.attacks.adaptive.Eot;
import dev.teak.defenses.mask.LearnedMask;
import dev.teak.engine.Philox;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A model with a list of defenses, on the current device. The first sees images first: what changes
 * batches acts in the order of the list, and so does what changes gradients; a later wrapper is put
 * around the model as the earlier ones have made it, and what stands in front, in front of all.
 * Detectors look at images as they come, beside all of that, and an image is rejected where one of
 * them finds it out. {@code adv-pgd 0.3; random 0.3} attacks the images and masks what the attack
 * made; {@code random 0.3; adv-pgd 0.3} masks them and lets the attack change masked pixels too.
 *
 * <p>A mask may leave the range of pixels: {@code filter sharpen} does, and so may any {@code
 * fill}. The model is trained on what it gives as it is, unless an adversarial training follows: an
 * attack starts within its range, so that what is handed to it is clipped to that.
 *
 * <pre>{@code
 * List<Defense> defenses = List.of(AdversarialTraining.pgd(0.2), Mask.random(0.3));
 * try (Defended defended = Defended.of(model, defenses, Trainee.of(model, image, 10, seed))) {
 *   Trainer.of(defended.model()).hooks(defended.hooks()).epochs(5).run(train, validation);
 *   attack.perturb(defended.victim(), images, labels);
 * }
 * }</pre>
 */
public final class Defended implements AutoCloseable {
  private final List<TrainingHooks> parts = new ArrayList<>();
  private final List<Front> fronts = new ArrayList<>();
  private final List<Detector> detectors = new ArrayList<>();
  private final Module behindFronts;
  private final Module throughBehindFronts;
  private final TrainingHooks hooks;
  private final int answers;
  private final Module whole;
  private Module model;
  private Module through;

  /**
   * What stands in front of a model.
   *
   * @param defense that it is of
   * @param module itself
   * @param behind what follows it, for whatever must learn
   */
  public record Front(FrontDefense defense, Module module, Trainee behind) {}

  private Defended(Module bare, List<Defense> defenses, Trainee trainee, long trainingSeed) {
    requireOrder(defenses);
    model = bare;
    through = bare;
    List<Defense> standing = standing(defenses);
    for (int i = 0; i < standing.size(); i++) {
      if (standing.get(i) instanceof WrapperDefense wrapper) {
        wrap(wrapper, trainee.seed(seedOf(trainee.seed(), i)));
      }
    }
    behindFronts = model;
    throughBehindFronts = through;
    for (int i = standing.size() - 1; i >= 0; i--) { // the first sees images first
      if (standing.get(i) instanceof FrontDefense front) {
        stand(front, trainee.seed(seedOf(trainee.seed(), i)));
      }
    }
    for (int i = 0; i < standing.size(); i++) {
      if (standing.get(i) instanceof DetectorDefense detector) {
        long seed = seedOf(trainee.seed(), i);
        detectors.add(new Detector(detector, trainee.model(model).seed(seed)));
      }
    }
    whole = detectors.isEmpty() ? model : new Rejecting(model, detectors);
    List<TrainingDefense> trainings = new ArrayList<>();
    for (int i = 0; i < defenses.size(); i++) {
      if (defenses.get(i) instanceof TrainingDefense training) {
        trainings.add(training);
        parts.add(training.on(trainee.model(model).seed(seedOf(trainingSeed, i))));
      }
    }
    hooks = new DefendedHooks(trainings, parts);
    answers = defenses.stream().mapToInt(Defense::answers).max().orElse(1);
  }

  /**
   * A model with defenses. What those in front and the detectors must learn they have not learned
   * yet: {@link #fit} and {@link #fitDetectors}, or their state is loaded with that of the {@link
   * #whole}.
   *
   * @param bare without them; its weights stay its own
   * @param trainee says of what images and classes it is, and the seed; its model is not asked
   * @throws IllegalArgumentException if a defense does not fit the model, or not its place
   */
  public static Defended of(Module bare, List<Defense> defenses, Trainee trainee) {
    return new Defended(bare, defenses, trainee, trainee.seed());
  }

  /** As above, with another seed of what changes the training: that of a later phase. */
  public static Defended of(
      Module bare, List<Defense> defenses, Trainee trainee, long trainingSeed) {
    return new Defended(bare, defenses, trainee, trainingSeed);
  }

  /** Has all that stands in front learn from some images, what is nearest to the model first. */
  public Defended fit(Examples train) {
    try {
      for (int i = fronts.size() - 1; i >= 0; i--) {
        Front front = fronts.get(i);
        front.defense.fit(front.module, Fitting.of(front.behind, train));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file
    }
    return this;
  }

  /**
   * Has the detectors learn from some images, and find their thresholds, beside the model as it is
   * by now: once it is trained, or before its weights are kept.
   */
  public Defended fitDetectors(Examples train) {
    try {
      for (Detector detector : detectors) {
        detector.fit(train);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file
    }
    return this;
  }

  /**
   * Those that stand in front of a model, around it or beside it. They are counted among themselves
   * for their seeds, so that a model that is read again has the same ones.
   */
  public static List<Defense> standing(List<Defense> defenses) {
    return defenses.stream()
        .filter(
            d ->
                d instanceof FrontDefense
                    || (d instanceof WrapperDefense wrapper && wrapper.wraps())
                    || d instanceof DetectorDefense)
        .toList();
  }

  /**
   * The seed of a defense: the first has the run's own, so that a fixed mask is found again with
   * it.
   *
   * @param place in the list, from 0
   */
  public static long seedOf(long seed, int place) {
    return place == 0 ? seed : Philox.key(seed, "part/" + place);
  }

  /** Throws where a mask could not learn. */
  private static void requireOrder(List<Defense> defenses) {
    for (int i = 0; i < defenses.size(); i++) {
      for (Defense later : defenses.subList(i, defenses.size())) {
        if (defenses.get(i) instanceof LearnedMask
            && later instanceof TrainingDefense training
            && training.threat().isPresent()) {
          throw new IllegalArgumentException(
              "'"
                  + defenses.get(i)
                  + "' before '"
                  + later
                  + "': an attack's images have no gradient that leads back to the mask; put the"
                  + " mask behind the attack");
        }
      }
    }
  }

  private void wrap(WrapperDefense defense, Trainee trainee) {
    Module wrapped = defense.wrap(trainee.model(model));
    through = defense.attackedThrough(trainee.model(through), wrapped);
    model = wrapped;
  }

  private void stand(FrontDefense defense, Trainee trainee) {
    Trainee behind = trainee.model(model);
    Module front = defense.front(behind);
    fronts.add(0, new Front(defense, front, behind));
    through = new Fronted(defense.attackedThrough(front), through);
    model = new Fronted(front, model);
  }

  /** A model behind something that its images go through first. */
  private static final class Fronted extends Module {
    private final Module front;
    private final Module behind;

    Fronted(Module front, Module behind) {
      this.front = submodule("front", front);
      this.behind = submodule("model", behind);
    }

    @Override
    protected Tensor compute(Tensor x) {
      return behind.forward(front.forward(x));
    }
  }

  /**
   * What is trained: the model with what stands in front of it and around it, and with its classes
   * alone. Without fronts and wrappers the bare model.
   */
  public Module model() {
    return model;
  }

  /**
   * What is kept and served: the {@link #model} and, where it has detectors, a logit more, the
   * last, for images that one of them takes for attacked.
   */
  public Module whole() {
    return whole;
  }

  /** What stands in front of the model, what sees images first before others. */
  public List<Front> fronts() {
    return List.copyOf(fronts);
  }

  /**
   * All that stands in front as one, {@code [N, H, W, C]} to the same; empty where nothing does.
   */
  public Optional<Module> front() {
    return fronts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Sequential(fronts.stream().map(Front::module).toArray(Module[]::new)));
  }

  /** The model with what is around it and without what stands in front. */
  public Module behindFronts() {
    return behindFronts;
  }

  /**
   * The whole as whoever knows of the defenses attacks it; it rejects what a detector takes for
   * attacked. Take it once weights and what was learned are there.
   */
  public Victim victim() {
    return victimThrough(through);
  }

  /**
   * The whole, with the identity's gradient in place of that of what stands in front: BPDA by the
   * identity (Athalye, Carlini and Wagner, "Obfuscated gradients give a false sense of security",
   * ICML 2018, section 4.1.1), for what gives images that look like its input. All else is as of
   * {@link #victim}.
   *
   * @throws IllegalStateException if nothing stands in front
   */
  public Victim straightThrough() {
    Module front =
        front()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "straight through: nothing stands in front of the model, so there is no"
                            + " gradient to replace; attack it as it is"));
    return victimThrough(new Fronted(Bpda.straightThrough(front), throughBehindFronts));
  }

  /** The whole, whose gradients are those of a model that gives the same logits. */
  private Victim victimThrough(Module model) {
    Module attacked = model;
    if (!detectors.isEmpty()) {
      List<Detector> seen = detectors.stream().map(d -> d.attackedThrough(model)).toList();
      attacked = new Rejecting(model, seen);
    }
    Victim one = victim(attacked);
    return answers == 1 ? one : Eot.mean(one, answers, Eot.Of.LOSS);
  }

  /** The whole with the gradient that it has itself, one answer at a time. */
  public Victim naive() {
    return victim(whole);
  }

  private Victim victim(Module attacked) {
    return detectors.isEmpty() ? Victim.of(attacked) : Victim.rejecting(attacked);
  }

  /** What a training of {@link #model} is given. Closing this closes them. */
  public TrainingHooks hooks() {
    return hooks;
  }

  /**
   * The model behind the masks of its training, as they stay at test time: one consistent mask, a
   * fixed one being that of the training. Empty where the training has no mask. It holds until this
   * is closed.
   */
  public Optional<Module> behindMasks() {
    List<Module> all = kept().stream().map(KeptAtTest::atTest).collect(Collectors.toList());
    if (all.isEmpty()) {
      return Optional.empty();
    }
    all.add(model);
    return Optional.of(new Sequential(all.toArray(Module[]::new)));
  }

  /** What stands in front of the model in {@link #behindMasks}, in words. */
  public String masksInWords() {
    return Settings.text(kept().stream().map(KeptAtTest::asDefense).toList());
  }

  private List<KeptAtTest> kept() {
    return parts.stream().filter(KeptAtTest.class::isInstance).map(KeptAtTest.class::cast).toList();
  }

  @Override
  public void close() {
    hooks.close();
  }
}
