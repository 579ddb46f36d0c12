package dev.teak.nn.models;

import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An adversarial autoencoder (Makhzani, Shlens, Jaitly, Goodfellow and Frey, arXiv:1511.05644,
 * 2016, section 2), with a deterministic encoder: a discriminator learns to tell codes from
 * standard normal numbers, and the encoder learns to be taken for those. Encoder and decoder are
 * those of {@link ConvAutoencoder}, with a dense layer each next to the code, and take the same
 * images. The discriminator has two hidden dense layers with relu, and is a part of the training
 * alone.
 *
 * <p>The paper steps each in turn. Here the encoder's loss, -log D(z), is added to the
 * reconstruction's, one step being made for both, and the discriminator's step follows it. As in
 * {@link Vae}, what stands beside the mean squared error is divided by how many numbers an image
 * has. An epoch's figures are {@code reconstruction}, in that unit, {@code discriminator_loss},
 * -log D(prior) - log(1 - D(z)), and {@code encoder_loss}: means over its batches. Where the
 * discriminator can tell nothing, the last two are 2 log 2 and log 2.
 *
 * @param latent numbers of a code
 * @param hidden width of the discriminator's hidden layers; 1000 in the paper
 * @param weight of the encoder's loss beside the squared error summed over an image, 0 or more
 * @param discriminatorLr learning rate of the discriminator's Adam
 */
public record Aae(int latent, int hidden, double weight, double discriminatorLr)
    implements Autoencoder {
  private static final String DISCRIMINATOR_LOSS = "discriminator_loss";

  /** Rejects widths below 1, and a negative weight or learning rate. */
  public Aae {
    WeightLayers.requireCount("latent", latent);
    WeightLayers.requireCount("hidden", hidden);
    CodeHooks.requireAtLeastZero("weight", weight);
    CodeHooks.requireAtLeastZero("discriminator_lr", discriminatorLr);
  }

  /** {@inheritDoc} Its parts are the encoder, {@code 0}, and the decoder, {@code 1}. */
  @Override
  public Module build(Shape image, RandomStream init) {
    ConvTrunk trunk = new ConvTrunk(image, ConvAutoencoder.PAPER);
    return new Sequential(trunk.encoderTo(latent, init), trunk.decoderFrom(latent, init));
  }

  @Override
  public TrainingHooks hooks(Module built, long seed) {
    return new Adversary(built, seed);
  }

  /** The discriminator, and what the encoder owes it. */
  final class Adversary extends CodeHooks<Tensor> {
    private final Module encoder;
    private final Module decoder;
    private final Module discriminator;
    private final Optimizer optimizer;
    private final long seed;
    private Tensor codes; // of the step's images, until the discriminator's step

    Adversary(Module built, long seed) {
      super(built, "encoder_loss", weight, DISCRIMINATOR_LOSS);
      this.encoder = built.getSubmodule("0");
      this.decoder = built.getSubmodule("1");
      this.seed = seed;
      RandomStream init = new RandomStream(seed, "aae/discriminator");
      discriminator =
          new Sequential(
              new Linear(latent, hidden, init),
              Layers.relu(),
              new Linear(hidden, hidden, init),
              Layers.relu(),
              new Linear(hidden, 1, init));
      optimizer = Adam.adam(discriminatorLr).of(discriminator.namedParameters());
      discriminator.requiresGrad(false); // but in its own step
    }

    /** The mean of -log D(z), or with {@code real} false of -log(1 - D(z)). */
    Tensor loss(Tensor z, boolean real) {
      Tensor logits = discriminator.forward(z); // [N, 1]
      Tensor answers = Tensor.fullLike(logits, real ? 1 : 0);
      return Losses.binaryCrossEntropyWithLogits(logits, answers);
    }

    @Override
    Tensor encode(Tensor images) {
      return encoder.forward(images);
    }

    @Override
    Tensor decode(Tensor z) {
      return decoder.forward(z);
    }

    @Override
    Tensor term(Tensor z) {
      codes = z.detach();
      return loss(z, true);
    }

    /** The discriminator's step, on the codes that the step began with. */
    @Override
    public void stepped(Module model, Step step) {
      try (Scope scope = Scope.open()) {
        discriminator.requiresGrad(true);
        Tensor prior = new RandomStream(seed, "aae/" + step.number()).normal(codes.shape());
        Tensor loss = loss(prior, true).add(loss(codes, false));
        loss.backward();
        optimizer.setSteps((int) step.number()); // where a checkpoint was read, it has none
        optimizer.step();
        count(step, DISCRIMINATOR_LOSS, loss);
      } finally {
        discriminator.zeroGrad();
        discriminator.requiresGrad(false);
        codes = null;
      }
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> all = new LinkedHashMap<>(super.state());
      discriminator.stateDict().forEach((name, t) -> all.put("discriminator." + name, t));
      optimizer.state().forEach((name, t) -> all.put("optimizer." + name, t));
      return all;
    }
  }
}
