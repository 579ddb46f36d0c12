package dev.teak.defenses;

import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.defenses.detect.FeatureSqueezing;
import dev.teak.defenses.front.Denoise;
import dev.teak.defenses.gradient.GradientManipulation;
import dev.teak.defenses.gradient.MovingAverage;
import dev.teak.defenses.gradient.Rules;
import dev.teak.defenses.layer.DynamicFeatureMask;
import dev.teak.defenses.layer.FeatureDenoising;
import dev.teak.defenses.layer.UnusedNodes;
import dev.teak.defenses.mask.ConsistentMask;
import dev.teak.defenses.mask.LearnedMask;
import dev.teak.defenses.mask.Mask;
import dev.teak.defenses.mask.ShortMask;
import dev.teak.defenses.training.AdversarialLogitPairing;
import dev.teak.defenses.training.AttackInTrainMode;
import dev.teak.defenses.training.Awp;
import dev.teak.defenses.training.Distillation;
import dev.teak.defenses.training.FastFgsm;
import dev.teak.defenses.training.FreeAdversarialTraining;
import dev.teak.defenses.training.GaussianAugmentation;
import dev.teak.defenses.training.GradAlign;
import dev.teak.defenses.training.LabelSmoothing;
import dev.teak.defenses.training.Mart;
import dev.teak.defenses.training.NFgsm;
import dev.teak.defenses.training.Trades;
import dev.teak.engine.Numbers;
import dev.teak.nn.models.ConvAutoencoder;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.settings.Registry;
import java.util.List;

/**
 * All defenses by name: the list that files, the command line and the contract tests go through.
 * Masks, rules for gradients and the usual adversarial trainings have short forms besides, as
 * {@code random 0.3 exact fixed}, {@code noise 0.01 @3} and {@code adv-pgd 8/255 warmup 200}.
 */
public final class Defenses {
  /** Every defense. A new one is added here, and is tested with all others of its kind. */
  public static final Registry<Defense> REGISTRY =
      Registry.of("defense", Defense.class)
          .add(
              "mask",
              "a region of every image filled with something else; in short: random 0.3 exact",
              Mask.random(0.3),
              "region")
          .add(
              "learned_mask",
              "a mask learned with the weights, at this price a pixel; in short: learned 0.001",
              LearnedMask.of(0),
              "lambda")
          .add(
              "adversarial_training",
              "on what an attack makes of each batch; in short: adv-pgd 8/255, adv-fgsm 0.1",
              new AdversarialTraining(Fgsm.linf(0.1), 1, false),
              "attack")
          .add(
              "n_fgsm",
              "on images after noise of k epsilons and a step of alpha epsilons, not clipped to the"
                  + " ball",
              NFgsm.of(8 / 255.0),
              "eps")
          .add(
              "fast_fgsm",
              "on images after one step from a random point of the ball",
              FastFgsm.of(8 / 255.0),
              "eps")
          .add(
              "free",
              "each batch m times, one backward pass for the weights and the images",
              new FreeAdversarialTraining(8 / 255.0, 8),
              "eps")
          .add(
              "trades",
              "clean images right, attacked ones answered alike",
              Trades.of(8 / 255.0),
              "eps")
          .add(
              "mart",
              "attacked images right by a margin, and alike where clean ones are wrong",
              Mart.of(8 / 255.0),
              "eps")
          .add(
              "awp",
              "gradients taken at weights moved to make the loss large, with any other",
              new Awp(0.005, 0))
          .add(
              "grad_align",
              "gradients of images drawn to those of noisy ones; stands before an attack",
              new GradAlign(8 / 255.0, 0.2),
              "eps")
          .add(
              "attack_in_train_mode",
              "attacks of the training see the model in training mode, not in eval mode",
              new AttackInTrainMode())
          .add(
              "curriculum",
              "on what one attack of a pool makes of each batch, stronger from step to step",
              new Curriculum(0.08, List.of(new AttackTemplate("fgsm")), List.of(), null),
              "attacks")
          .add(
              "gradient",
              "gradients changed by a rule, or those of a layer; in short: noise 0.01 @3",
              GradientManipulation.sign(),
              "rule")
          .add(
              "moving_average",
              "gradients averaged over steps; in short: average 0.9",
              new MovingAverage(0),
              "beta")
          .add(
              "distillation",
              "towards a teacher's probabilities at a temperature; soft=0 for a teacher itself",
              new Distillation(20, 1))
          .add(
              "adversarial_logit_pairing",
              "clean and attacked images side by side, their logits drawn together",
              new AdversarialLogitPairing(Pgd.linf(0.3), 0.5),
              "attack")
          .add(
              "gaussian_augmentation",
              "Gaussian noise on the training images, clipped to 0..1",
              new GaussianAugmentation(0.1))
          .add(
              "label_smoothing",
              "a share of every target to all classes alike",
              new LabelSmoothing(0.1))
          .add(
              "unused_nodes",
              "small activations, or gradients of them, to zero, in training and at test",
              new UnusedNodes(null, null, null, UnusedNodes.Of.ACTIVATIONS))
          .add(
              "feature_denoising",
              "a filter and a 1x1 convolution beside a layer's feature maps",
              new FeatureDenoising(null, FeatureDenoising.Filter.NON_LOCAL))
          .add(
              "dynamic_feature_mask",
              "elements of a layer's maps to zero in training, by the size of their gradient",
              DynamicFeatureMask.at("layer4"),
              "layer")
          .add(
              "consistent_mask",
              "a mask in front of the model, in training and at test time",
              new ConsistentMask(Mask.random(0.3).fixed()),
              "mask")
          .add(
              "denoise",
              "a denoising autoencoder in front of the model",
              new Denoise(ConvAutoencoder.PAPER, 0.1, 10, 128, Adam.adam(1e-3), false))
          .add(
              "feature_squeezing",
              "finds images whose classes change with fewer bits, or a median",
              FeatureSqueezing.DEFAULTS);

  static {
    for (String region : List.of("random", "rectangle", "random_rectangle")) {
      REGISTRY.alias(region, rest -> ShortMask.inFull(region, inside(rest)));
    }
    REGISTRY.alias("filter", rest -> "mask region=everywhere " + ShortMask.filter(inside(rest)));
    REGISTRY.alias("learned", rest -> "learned_mask" + rest);
    REGISTRY.alias("gradient_noise", rest -> "gradient rule=noise" + rest);
    REGISTRY.alias("average", rest -> "moving_average" + rest);
    for (String rule : Rules.REGISTRY.names()) {
      REGISTRY.alias(rule, rest -> "gradient rule=" + rule + rest);
    }
    REGISTRY.alias("adv_fgsm", rest -> adversarial("fgsm(%s)", 1, inside(rest)));
    REGISTRY.alias(
        "adv_pgd",
        rest ->
            adversarial("pgd(%s steps=10 step_size=%s)", AdversarialTraining.WARMUP, inside(rest)));
  }

  private Defenses() {}

  /** Without brackets around the whole. */
  private static String inside(String rest) {
    String text = rest.strip();
    return text.matches("(?s)[({].*[)}]") ? text.substring(1, text.length() - 1).strip() : text;
  }

  private static String adversarial(String attack, int warmup, String rest) {
    String[] words = rest.split("\\s+", 2);
    String epsilon = words[0].replaceFirst("^eps(=|:\\s*)", "");
    String more = words.length == 1 ? "" : words[1];
    if (epsilon.isEmpty()) {
      return "adversarial_training attack=" + attack.replaceFirst("\\(.*", "");
    }
    String said = more.contains("warmup") ? more : more + " warmup=" + warmup;
    return "adversarial_training attack="
        + attack.replaceFirst("%s", "eps=" + epsilon).replaceFirst("%s", quarter(epsilon))
        + " "
        + said.strip();
  }

  /** Of a number; what is none is complained of where it stands. */
  private static String quarter(String number) {
    try {
      return Numbers.exact(Numbers.parse(number) / 4);
    } catch (NumberFormatException e) {
      return number;
    }
  }
}
