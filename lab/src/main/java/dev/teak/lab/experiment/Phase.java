package dev.teak.lab.experiment;

import dev.teak.defenses.Defense;
import dev.teak.nn.augment.Augmentation;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.OptimizerSettings;
import dev.teak.nn.optim.ScheduleSettings;
import dev.teak.nn.optim.Schedules;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Keep;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A part of a model's training, after which its weights are kept. What is absent is as of the
 * experiment's {@code training}, and else as of {@link #DEFAULTS}.
 *
 * @param epochs over all training images; of 0 the model stays as it is, and what is new in front
 *     of it learns
 * @param batch images a step, 1 or more
 * @param optimizer with its first learning rate
 * @param schedule of the learning rate
 * @param augment what is done to training images, in order
 * @param defenses in order
 * @param teacher {@code previous} for the model as the phase before left it, a recipe's name, or a
 *     file of weights: what distillation learns from
 * @param freeze layers whose parameters stay as they are
 * @param average of the weights: the share of the past that an exponential average keeps, 0..1
 * @param clip largest norm of a step's gradient
 * @param keep which epoch's weights are kept
 * @param judges attacks that each epoch is judged by, on validation images
 */
public record Phase(
    @Optional Integer epochs,
    @Optional Integer batch,
    @Optional OptimizerSettings optimizer,
    @Optional ScheduleSettings schedule,
    @Optional List<Augmentation> augment,
    @Optional List<Defense> defenses,
    @Optional String teacher,
    @Optional List<String> freeze,
    @Optional Double average,
    @Optional Double clip,
    @Optional Keep keep,
    @Optional List<AttackJudge> judges) {
  /** The name of the teacher that is the model itself as the phase before left it. */
  public static final String PREVIOUS = "previous";

  /** Nothing but what goes without saying. */
  public static final Phase EMPTY =
      new Phase(
          null, null, null, null, List.of(), List.of(), null, List.of(), null, null, null,
          List.of());

  /** Five epochs in batches of 128 with Adam, its rate falling along half a cosine. */
  public static final Phase DEFAULTS =
      new Phase(
          5,
          128,
          Adam.adam(2e-3),
          new Schedules.Cosine(0, 0),
          List.of(),
          List.of(),
          null,
          List.of(),
          null,
          null,
          Keep.LAST,
          List.of());

  /** Rejects nonsense; messages begin with the component's name. */
  public Phase {
    requireAtLeast("epochs", epochs, 0);
    requireAtLeast("batch", batch, 1);
    augment = List.copyOf(augment);
    defenses = List.copyOf(defenses);
    freeze = List.copyOf(freeze);
    judges = List.copyOf(judges);
    if (average != null && !(average > 0 && average < 1)) {
      throw new IllegalArgumentException("average: " + average + ": must be above 0 and below 1");
    }
    if (clip != null && !(clip > 0)) {
      throw new IllegalArgumentException("clip: " + clip + ": must be above 0");
    }
    requireDistinct(judges);
  }

  /** Of two figures with one name an epoch would keep the later. */
  private static void requireDistinct(List<AttackJudge> judges) {
    Set<String> names = new HashSet<>();
    for (AttackJudge judge : judges) {
      if (!names.add(judge.figure())) {
        throw new IllegalArgumentException(
            "judges: two give the figure '"
                + judge.figure()
                + "'; name one, as 'pgd(eps=16/255) name=strong'");
      }
    }
  }

  private static void requireAtLeast(String name, Integer value, int least) {
    if (value != null && value < least) {
      throw new IllegalArgumentException(name + ": " + value + ": must be " + least + " or more");
    }
  }

  /** This, with what it leaves open as another has it. */
  public Phase or(Phase other) {
    return new Phase(
        first(epochs, other.epochs),
        first(batch, other.batch),
        first(optimizer, other.optimizer),
        first(schedule, other.schedule),
        first(augment, other.augment),
        first(defenses, other.defenses),
        first(teacher, other.teacher),
        first(freeze, other.freeze),
        first(average, other.average),
        first(clip, other.clip),
        first(keep, other.keep),
        first(judges, other.judges));
  }

  private static <T> T first(T own, T other) {
    return own == null || List.of().equals(own) ? other : own;
  }

  /** With these defenses. */
  public Phase defenses(List<Defense> list) {
    return new Phase(
        epochs, batch, optimizer, schedule, augment, list, teacher, freeze, average, clip, keep,
        judges);
  }

  /** For so many epochs. */
  public Phase epochs(int count) {
    return new Phase(
        count, batch, optimizer, schedule, augment, defenses, teacher, freeze, average, clip, keep,
        judges);
  }

  /** With another teacher. */
  Phase teacher(String name) {
    return new Phase(
        epochs, batch, optimizer, schedule, augment, defenses, name, freeze, average, clip, keep,
        judges);
  }

  /** In batches of so many images, with this optimizer. */
  public Phase steps(int images, OptimizerSettings by) {
    return new Phase(
        epochs, images, by, schedule, augment, defenses, teacher, freeze, average, clip, keep,
        judges);
  }

  /** Its defenses in words. */
  public String words() {
    return Settings.text(defenses);
  }
}
