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
          Map.entry(
              "mask",
              List.of("random 0.3 exact", "rectangle 1 1 2 3", "random 0.3 fixed filter blur 3")),
          Map.entry("learned_mask", List.of("learned 0.01", "learned 0.01 per-channel")),
          Map.entry("adversarial_training", List.of("adv-fgsm 0.1", "adv-pgd 0.1 warmup 5")),
          Map.entry("gradient", List.of("noise 0.01", "clip-norm 0.1", "sign @1", "quantise 8")),
          Map.entry("moving_average", List.of("average 0.9")),
          Map.entry(
              "distillation", List.of("distillation soft=0")), // with a teacher: DistillationTest
          Map.entry(
              "adversarial_logit_pairing",
              List.of("adversarial_logit_pairing attack=pgd(eps=0.1 steps=3)")),
          Map.entry(
              "denoise",
              List.of(
                  denoising("conv_autoencoder"),
                  denoising("vae(latent=2)"),
                  denoising("vae(latent=2 sample=true)") + " recompute=true",
                  denoising("aae(hidden=4)"))),
          Map.entry(
              "consistent_mask",
              List.of(
                  "consistent_mask mask=mask(region=random(0.3) vary=fixed)",
                  "consistent_mask mask=mask(region=random(0.3))")),
          Map.entry("n_fgsm", List.of("n_fgsm eps=0.1")),
          Map.entry("fast_fgsm", List.of("fast_fgsm eps=0.1")),
          Map.entry("free", List.of("free eps=0.1 m=2")),
          Map.entry("trades", List.of("trades eps=0.1 steps=3")),
          Map.entry("mart", List.of("mart eps=0.1 steps=3")),
          Map.entry("grad_align", List.of("grad_align eps=0.1")));

  private ContractDefenses() {}

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
