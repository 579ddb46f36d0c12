package dev.teak.lab.measure;

import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.nn.settings.Registry;

/** All measures by name. */
public final class Measures {
  /** Every measure. A new one is added here. */
  public static final Registry<Measure> REGISTRY =
      Registry.of("measure", Measure.class)
          .add("clean", "accuracy, precision, recall, F1 and confusion as it is", new Clean())
          .add(
              "attacked",
              "accuracy under an attack that knows the defense, at some epsilons",
              Attacked.DEFAULTS,
              "attack",
              "epsilons")
          .add(
              "straight_through",
              "accuracy under an attack that takes what stands in front for the identity",
              StraightThrough.DEFAULTS,
              "attack",
              "epsilons")
          .add(
              "transfer",
              "accuracy on images made on another recipe's model",
              TransferAttack.DEFAULTS,
              "from",
              "epsilons")
          .add(
              "reconstruction",
              "what a defense makes of images that were attacked without it",
              Reconstruction.DEFAULTS,
              "from",
              "epsilons")
          .add(
              "masked",
              "with the training's masks in front, at test time",
              BehindMask.DEFAULTS,
              "epsilons")
          .add(
              "checks",
              "the ten checks for masked gradients",
              new MaskedGradients(0.1, 64),
              "epsilon")
          .add(
              "examples",
              "attacked images to look at",
              new AttackedExamples(AttackTemplate.PGD, 0.1, 6),
              "epsilon");

  private Measures() {}
}
