package dev.teak.defenses;

import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the contracts go through: every registered defense of a kind, with usual settings. */
final class ContractDefenses {
  /** Of those that do not work with their defaults alone. */
  private static final Map<String, List<String>> USUAL =
      Map.ofEntries(
          usual("mask", "random 0.3 exact", "rectangle 1 1 2 3", "random 0.3 fixed filter blur 3"),
          usual("learned_mask", "learned 0.01", "learned 0.01 per-channel"),
          usual("adversarial_training", "adv-fgsm 0.1", "adv-pgd 0.1 warmup 5"),
          usual(
              "curriculum",
              "curriculum eps=0.1 attacks=[fgsm, pgd(steps=3)] weights=[1, 3]",
              "curriculum attacks=[cw(searches=1 steps=5), pgd(steps=2)] schedule=one_cycle"),
          usual("gradient", "noise 0.01", "clip-norm 0.1", "sign @1", "quantise 8"),
          usual("moving_average", "average 0.9"),
          usual("distillation", "distillation soft=0"), // with a teacher: DistillationTest
          usual(
              "adversarial_logit_pairing", "adversarial_logit_pairing attack=pgd(eps=0.1 steps=3)"),
          usual(
              "denoise",
              denoising("conv_autoencoder"),
              denoising("vae(latent=2)"),
              denoising("vae(latent=2 sample=true)") + " recompute=true",
              denoising("aae(hidden=4)")),
          usual(
              "dynamic_feature_mask",
              "dynamic_feature_mask @1",
              "dynamic_feature_mask @1 pseudocode alpha=2 rescale",
              "dynamic_feature_mask @1 calibrated relaxed temperature=0.5",
              "dynamic_feature_mask @1 mask_at_test rescale"),
          usual(
              "consistent_mask",
              "consistent_mask mask=mask(region=random(0.3) vary=fixed)",
              "consistent_mask mask=mask(region=random(0.3))"),
          usual("n_fgsm", "n_fgsm eps=0.1"),
          usual("fast_fgsm", "fast_fgsm eps=0.1"),
          usual("free", "free eps=0.1 m=2"),
          usual("trades", "trades eps=0.1 steps=3"),
          usual("mart", "mart eps=0.1 steps=3"),
          usual("grad_align", "grad_align eps=0.1"));

  private ContractDefenses() {}

  private static Map.Entry<String, List<String>> usual(String name, String... texts) {
    return Map.entry(name, List.of(texts));
  }

  /** By a rule that, unlike Adam, does not divide roundings by themselves. */
  private static String denoising(String model) {
    return "denoise model=" + model + " epochs=1 batch=16 optimizer=sgd(0.1)";
  }

  /** All of a kind. */
  static <T extends Defense> Stream<T> of(Class<T> kind) {
    return Defenses.REGISTRY.entries().stream()
        .map(Kind.Entry::name)
        .flatMap(name -> USUAL.getOrDefault(name, List.of(name)).stream())
        .map(text -> Settings.parse(Defense.class, text))
        .filter(kind::isInstance)
        .map(kind::cast);
  }
}
