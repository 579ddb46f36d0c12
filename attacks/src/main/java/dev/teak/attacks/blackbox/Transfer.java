package dev.teak.attacks.blackbox;

import dev.teak.attacks.Attack;
import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Run;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import java.util.List;

/**
 * Images made on other models, offered to this one (Papernot et al., "Transferability in machine
 * learning", 2016): of all sources the image farthest past the goal is kept.
 *
 * @param attack made on each source
 * @param sources models of the same classes, on the same device
 */
public record Transfer(Attack attack, List<Victim> sources) implements FixedEpsilonAttack {
  /** Rejects no sources. */
  public Transfer {
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("transfer: needs a model to attack in this one's place");
    }
    sources = List.copyOf(sources);
  }

  @Override
  public String name() {
    return "transfer-" + attack.name();
  }

  @Override
  public ThreatModel threat() {
    return attack.threat();
  }

  @Override
  public Goal goal() {
    return attack.goal();
  }

  @Override
  public int rounds() {
    return sources.size();
  }

  @Override
  public void run(Run run) {
    Victim source = sources.get(run.round());
    run.offer(attack.perturb(source, run.images(), run.aim().labels()).images());
  }
}
