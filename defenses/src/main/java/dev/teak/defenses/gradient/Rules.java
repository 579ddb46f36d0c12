package dev.teak.defenses.gradient;

import dev.teak.nn.settings.Registry;

/** All rules by name. */
public final class Rules {
  /** Every rule. A new one is added here; {@code Defenses} has a short form of each. */
  public static final Registry<Rule> REGISTRY =
      Registry.of("rule", Rule.class)
          .add("noise", "Gaussian noise", new Rule.Noise(0.01), "sigma")
          .add("clip_value", "elements within a limit", new Rule.ClipValue(1), "limit")
          .add("clip_norm", "all together within a norm", new Rule.ClipNorm(1), "limit")
          .add("smooth", "means over K x K places", new Rule.Smooth(3), "size")
          .add("zero", "the smallest elements to 0", new Rule.Zero(0), "fraction")
          .add("sign", "signs", new Rule.Sign())
          .add(
              "quantise",
              "rounded to so many levels on either side of 0",
              new Rule.Quantise(1),
              "levels");

  private Rules() {}
}
