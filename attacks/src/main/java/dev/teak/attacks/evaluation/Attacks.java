package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.blackbox.Boundary;
import dev.teak.attacks.blackbox.HopSkipJump;
import dev.teak.attacks.blackbox.Nes;
import dev.teak.attacks.blackbox.RandomNoise;
import dev.teak.attacks.blackbox.Spatial;
import dev.teak.attacks.blackbox.Spsa;
import dev.teak.attacks.blackbox.Square;
import dev.teak.attacks.blackbox.Zoo;
import dev.teak.attacks.gradient.Apgd;
import dev.teak.attacks.gradient.Bim;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.MomentumFgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.CarliniWagner;
import dev.teak.attacks.minimum.CarliniWagnerLinf;
import dev.teak.attacks.minimum.Ddn;
import dev.teak.attacks.minimum.DeepFool;
import dev.teak.attacks.minimum.Ead;
import dev.teak.attacks.minimum.Fab;
import dev.teak.attacks.minimum.Fmn;
import dev.teak.attacks.minimum.Jsma;
import dev.teak.attacks.minimum.Lbfgs;
import dev.teak.nn.settings.Written;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All attacks by name: the list that the command line and the contract test go through. */
public final class Attacks {
  private static final Set<Norm> LINF = EnumSet.of(Norm.LINF);
  private static final Set<Norm> L2 = EnumSet.of(Norm.L2);
  private static final Set<Norm> L1 = EnumSet.of(Norm.L1);
  private static final Set<Norm> L0 = EnumSet.of(Norm.L0);
  private static final Set<Norm> BOTH = EnumSet.of(Norm.LINF, Norm.L2);
  private static final Set<Norm> CONVEX = EnumSet.of(Norm.LINF, Norm.L2, Norm.L1);
  private static final Set<Norm> ANY = EnumSet.allOf(Norm.class);

  /** What an attack goes by. */
  public enum Kind {
    /** Spends all of epsilon, led by the gradient. */
    GRADIENT,
    /** Seeks the smallest change, led by the gradient. */
    MINIMUM_NORM,
    /** Asks for logits or decisions only. */
    BLACK_BOX,
    /** Several, each on what the ones before have left. */
    ENSEMBLE
  }

  /**
   * An attack that can be had by name.
   *
   * @param name the field's
   * @param kind what it goes by
   * @param norms in which it is defined
   * @param summary a line about it
   * @param defaults the attack under a threat model, as its authors set it
   */
  public record Entry(
      String name,
      Kind kind,
      Set<Norm> norms,
      String summary,
      Function<ThreatModel, Attack> defaults) {

    /**
     * The attack under a threat model, as its authors set it.
     *
     * @throws IllegalArgumentException if it is not defined in this norm
     */
    public Attack under(ThreatModel threat) {
      if (!norms.contains(threat.norm())) {
        throw new IllegalArgumentException(
            name + " is not defined in " + threat.norm() + "; it has " + norms);
      }
      return defaults.apply(threat);
    }
  }

  /** Every attack. A new one is added here, and is tested with all others. */
  public static final List<Entry> ALL =
      List.of(
          gradient("fgsm", CONVEX, "one step of epsilon along the gradient's sign", Fgsm::of),
          gradient("bim", CONVEX, "small steps from the image (I-FGSM)", Bim::of),
          gradient("pgd", CONVEX, "projected gradient descent from a random start", Pgd::of),
          gradient("mifgsm", BOTH, "I-FGSM with momentum", MomentumFgsm::mi),
          gradient("nifgsm", BOTH, "momentum that looks ahead (Nesterov)", MomentumFgsm::ni),
          gradient("vmifgsm", BOTH, "momentum with tuned variance", MomentumFgsm::vmi),
          gradient("vnifgsm", BOTH, "Nesterov momentum with tuned variance", MomentumFgsm::vni),
          gradient("difgsm", BOTH, "I-FGSM through random resizing", MomentumFgsm::di),
          gradient("apgd-ce", BOTH, "Auto-PGD on the cross-entropy", Apgd::ce),
          gradient("apgd-dlr", BOTH, "Auto-PGD on the difference of logits ratio", Apgd::dlr),
          gradient("apgd-t", BOTH, "Auto-PGD at nine classes in turn", Apgd::targeted),
          minimum("lbfgs", L2, "box-constrained L-BFGS (Szegedy)", Lbfgs::of),
          minimum("cw", L2, "Carlini and Wagner's in L2", CarliniWagner::of),
          minimum("cw-linf", LINF, "Carlini and Wagner's in L-infinity", CarliniWagnerLinf::of),
          minimum("deepfool", BOTH, "to the nearest boundary of the linear model", DeepFool::of),
          minimum("fab", CONVEX, "fast adaptive boundary, all classes at once", Fab::of),
          minimum("fab-t", CONVEX, "fast adaptive boundary, nine classes in turn", Fab::targeted),
          minimum("ead", L1, "elastic net, by FISTA", Ead::of),
          minimum("ddn", L2, "direction and norm apart", Ddn::of),
          minimum("fmn", ANY, "a ball that follows the boundary", Fmn::of),
          minimum("jsma", L0, "pairs of pixels by a saliency map", Jsma::of),
          blackBox("square", BOTH, "random squares, 5000 queries", Square::of),
          blackBox("spsa", CONVEX, "Adam on differences along random signs", Spsa::of),
          blackBox("nes", CONVEX, "PGD on differences along Gaussian directions", Nes::of),
          blackBox("boundary", L2, "a random walk along the boundary", Boundary::of),
          blackBox("hopskipjump", BOTH, "gradient directions from decisions", HopSkipJump::of),
          blackBox("zoo", L2, "differences, a pixel at a time", Zoo::of),
          blackBox("noise", CONVEX, "10,000 random points of the ball", RandomNoise::of),
          blackBox("spatial", LINF, "rotations and shifts; no norm bounds it", Spatial::of),
          new Entry(
              "autoattack",
              Kind.ENSEMBLE,
              BOTH,
              "apgd-ce, apgd-t, fab-t and square, each on what still stands",
              t -> AutoAttack.standard(t, 0)),
          new Entry(
              "autoattack-rand",
              Kind.ENSEMBLE,
              BOTH,
              "apgd-ce and apgd-dlr on the mean of 20 answers",
              t -> AutoAttack.rand(t, 0)));

  /** Attacks as they are written: by name, with their threat model and other settings. */
  public static final dev.teak.nn.settings.Kind<Attack> REGISTRY = new WrittenAttacks();

  /**
   * An attack as it is written, which need not say all of it.
   *
   * @param norm where the text names none; null for the usual one
   * @param epsilon where the text has none; null for {@link #usualEpsilon}, or no bound for attacks
   *     that seek the smallest change
   * @param seed where the text has none
   * @throws dev.teak.nn.settings.SettingsException as of {@link #REGISTRY}
   */
  public static Attack read(Written written, Norm norm, Double epsilon, long seed) {
    Map<String, Object> open = new LinkedHashMap<>();
    open.put("seed", seed);
    if (norm != null) {
      open.put("norm", norm);
    }
    if (epsilon != null) {
      open.put("eps", epsilon);
    }
    return new WrittenAttacks().read(written, open, Attacks::usualEpsilon);
  }

  /** What papers allow on MNIST, pixels in 0..1. */
  public static double usualEpsilon(Norm norm) {
    return switch (norm) {
      case LINF -> 0.3;
      case L2 -> 2;
      case L1 -> 10;
      case L0 -> 50;
    };
  }

  private Attacks() {}

  private static Entry gradient(
      String name, Set<Norm> norms, String summary, Function<ThreatModel, Attack> defaults) {
    return new Entry(name, Kind.GRADIENT, norms, summary, defaults);
  }

  private static Entry minimum(
      String name, Set<Norm> norms, String summary, Function<ThreatModel, Attack> defaults) {
    return new Entry(name, Kind.MINIMUM_NORM, norms, summary, defaults);
  }

  private static Entry blackBox(
      String name, Set<Norm> norms, String summary, Function<ThreatModel, Attack> defaults) {
    return new Entry(name, Kind.BLACK_BOX, norms, summary, defaults);
  }

  /** Every attack of {@link #ALL}, and those that the class path has besides. */
  public static List<Entry> all() {
    return OwnAttacks.with(ALL);
  }

  /** The names, in the order of {@link #all}. */
  public static List<String> names() {
    return all().stream().map(Entry::name).collect(Collectors.toList());
  }

  /**
   * What an attack is an instance of: by its name, or where settings have given it another, the
   * nearest of its class.
   *
   * @throws IllegalArgumentException if it is none of {@link #all}
   */
  static Entry of(Attack attack) {
    for (Entry entry : all()) {
      if (entry.name.equals(attack.name())) {
        return entry;
      }
    }
    Entry nearest = null;
    int least = Integer.MAX_VALUE;
    ThreatModel bounded =
        attack.threat().isBounded() ? attack.threat() : attack.threat().withEpsilon(1);
    for (Entry entry : all()) {
      boolean defined = entry.norms.contains(bounded.norm());
      Attack usual = defined ? entry.under(bounded) : null;
      if (usual != null && usual.getClass() == attack.getClass()) {
        Set<Map.Entry<String, Object>> different = new HashSet<>(Settings.of(attack).entrySet());
        different.removeAll(Settings.of(usual).entrySet());
        if (different.size() < least) {
          nearest = entry;
          least = different.size();
        }
      }
    }
    if (nearest == null) {
      throw new IllegalArgumentException(attack.name() + " is no registered attack: " + attack);
    }
    return nearest;
  }

  /**
   * An attack by name under a threat model, as its authors set it.
   *
   * @throws IllegalArgumentException if there is none, or not in this norm
   */
  public static Attack byName(String name, ThreatModel threat) {
    for (Entry entry : all()) {
      if (entry.name.equals(name)) {
        return entry.under(threat);
      }
    }
    throw new IllegalArgumentException(
        "there is no attack '" + name + "'; the attacks are " + String.join(", ", names()));
  }
}
