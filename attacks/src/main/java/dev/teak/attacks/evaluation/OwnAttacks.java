package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.evaluation.Attacks.Entry;
import dev.teak.nn.settings.Description;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Attacks that {@code META-INF/services/dev.teak.attacks.Attack} on the class path names: records
 * with a constructor without arguments, and where they can be had under any threat model a static
 * {@code of(ThreatModel)}, or a threat model among their components.
 */
final class OwnAttacks {
  private OwnAttacks() {}

  private static List<Entry> found;
  private static ClassLoader loadedBy;

  /** Some attacks, and those of the class path under other names. */
  static synchronized List<Entry> with(List<Entry> known) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    if (found == null || loader != loadedBy) { // asked in every step of some trainings
      List<Entry> all = new ArrayList<>(known);
      for (Attack own : ServiceLoader.load(Attack.class, loader)) {
        if (all.stream().noneMatch(e -> e.name().equals(own.name()))) {
          all.add(entry(own));
        }
      }
      found = List.copyOf(all);
      loadedBy = loader;
    }
    return found;
  }

  private static Entry entry(Attack own) {
    Description line = own.getClass().getAnnotation(Description.class);
    return new Entry(
        own.name(),
        own instanceof MinimumNormAttack ? Attacks.Kind.MINIMUM_NORM : Attacks.Kind.GRADIENT,
        EnumSet.allOf(Norm.class),
        line == null ? "of " + own.getClass().getName() : line.value(),
        threat -> under(own, threat));
  }

  private static Attack under(Attack own, ThreatModel threat) {
    try {
      Method of = own.getClass().getMethod("of", ThreatModel.class);
      return (Attack) of.invoke(null, threat);
    } catch (NoSuchMethodException e) {
      return own.threat().equals(threat) ? own : Settings.with(own, threat);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw rejected;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
