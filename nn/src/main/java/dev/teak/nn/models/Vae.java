package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.TrainingHooks;

/**
 * A variational autoencoder (Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014): the
 * encoder gives mean and logarithm of the variance of a normal distribution over codes, and the
 * decoder makes an image of a code that is drawn from it, z = mean + exp(logVariance / 2) * eps
 * (section 2.4). Encoder and decoder are those of {@link ConvAutoencoder}, with a dense layer each
 * next to the code, and take the same images.
 *
 * <p>The paper makes squared error (for a normal decoder) and divergence small, both summed over an
 * image. {@link Objective#RECONSTRUCTION} is the mean over the numbers of an image, so that the
 * divergence is divided by how many they are. An epoch's figures are {@code reconstruction}, in
 * that unit, and {@code kl}, the divergence of an image in nats: means over its batches.
 *
 * @param latent numbers of a code
 * @param beta weight of the divergence from the standard normal distribution, 0 or more; 1 in the
 *     paper (another one in Higgins et al., "beta-VAE", ICLR 2017)
 * @param sample whether codes are drawn in eval mode too; else the mean is taken
 */
public record Vae(int latent, double beta, boolean sample) implements Autoencoder {
  /** Rejects codes of nothing, and a negative weight. */
  public Vae {
    WeightLayers.requireCount("latent", latent);
    CodeHooks.requireAtLeastZero("beta", beta);
  }

  @Override
  public Module build(Shape image, RandomStream init) {
    return new Network(new ConvTrunk(image, ConvAutoencoder.PAPER), latent, sample, init);
  }

  @Override
  public boolean isRandom() {
    return sample;
  }

  /**
   * Normal distributions of codes, one for each image.
   *
   * @param mean {@code [N, latent]}
   * @param logVariance {@code [N, latent]}
   */
  record Posterior(Tensor mean, Tensor logVariance) {
    /**
     * The Kullback-Leibler divergence from the standard normal distribution, the mean over the
     * images of -1/2 sum (1 + log s^2 - m^2 - s^2) (appendix B).
     */
    Tensor kl() {
      Tensor terms = mean.square().add(logVariance.exp()).sub(logVariance).sub(1);
      return terms.sum(1).mean().mul(0.5);
    }

    /** A code of each, by standard normal numbers. */
    Tensor sample(Tensor eps) {
      return mean.add(logVariance.mul(0.5).exp().mul(eps));
    }
  }

  /** Encoder, draw, decoder. */
  static final class Network extends Module {
    private final Module encoder;
    private final Module decoder;
    private final RandomStream noise;
    private final int latent;
    private final boolean sample;

    Network(ConvTrunk trunk, int latent, boolean sample, RandomStream init) {
      this.latent = latent;
      this.sample = sample;
      encoder = submodule("encoder", trunk.encoderTo(2 * latent, init));
      decoder = submodule("decoder", trunk.decoderFrom(latent, init));
      noise = stream("noise", init.derived("noise"));
    }

    /** What the encoder makes of images. */
    Posterior encode(Tensor images) {
      Tensor both = encoder.forward(images); // [N, 2 latent]
      return new Posterior(both.slice(1, 0, latent, 1), both.slice(1, latent, 2 * latent, 1));
    }

    /** Images of codes: drawn ones in training, and where that is asked for; else the means. */
    Tensor decode(Posterior codes) {
      return decoder.forward(isTraining() || sample ? codes.sample(eps(codes)) : codes.mean());
    }

    private Tensor eps(Posterior codes) {
      return noise.normal(codes.mean().shape());
    }

    @Override
    protected Tensor compute(Tensor images) {
      return decode(encode(images));
    }
  }

  @Override
  public TrainingHooks hooks(Module built, long seed) {
    Network network = (Network) built;
    return new CodeHooks<Posterior>(network, "kl", beta) {
      @Override
      Posterior encode(Tensor images) {
        return network.encode(images);
      }

      @Override
      Tensor decode(Posterior codes) {
        return network.decode(codes);
      }

      @Override
      Tensor term(Posterior codes) {
        return codes.kl();
      }
    };
  }
}
