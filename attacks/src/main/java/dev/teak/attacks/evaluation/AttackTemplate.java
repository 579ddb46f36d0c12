package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Registered;
import dev.teak.nn.settings.Written;
import java.util.List;
import java.util.Map;

/**
 * An attack whose epsilon and seed are still open.
 *
 * @param text as an attack is written, without either
 */
@Registered(AttackTemplate.class)
public record AttackTemplate(String text) {
  /** Reads what attacks are written like. */
  public static final Kind<AttackTemplate> REGISTRY = new Reader();

  /** PGD with 40 steps. */
  public static final AttackTemplate PGD = new AttackTemplate("pgd");

  /** The attack at an epsilon, random by this seed where it is random. */
  public Attack at(double epsilon, long seed) {
    return at(Written.of(text), epsilon, seed);
  }

  private static Attack at(Written.Text written, double epsilon, long seed) {
    Attack attack = Attacks.read(written, null, epsilon, seed);
    if (attack instanceof AutoAttack auto) { // its parts have the seed
      return auto.version().equals("rand")
          ? AutoAttack.rand(auto.threat(), seed)
          : AutoAttack.standard(auto.threat(), seed);
    }
    return attack;
  }

  /** What the attack is called. */
  public String name() {
    return text.split("[\\s(]", 2)[0];
  }

  @Override
  public String toString() {
    return text;
  }

  private static final class Reader implements Kind<AttackTemplate> {
    @Override
    public String noun() {
      return Attacks.REGISTRY.noun();
    }

    @Override
    public AttackTemplate read(Written written) {
      if (!(written instanceof Written.Text t)) {
        throw written.place().wrong("expects an attack, as pgd(steps=40)");
      }
      if (t.text().matches(".*\\beps\\b.*")) {
        throw written.place().wrong("'" + t.text() + "': eps is given beside the attack");
      }
      at(t, 0.5, 0); // says what is wrong
      return new AttackTemplate(t.text().strip());
    }

    @Override
    public Map<String, Object> settings(AttackTemplate value) {
      return Attacks.REGISTRY.settings(value.at(0.5, 0));
    }

    @Override
    public String text(AttackTemplate value) {
      return value.text;
    }

    @Override
    public List<Entry> entries() {
      return Attacks.REGISTRY.entries();
    }
  }
}
