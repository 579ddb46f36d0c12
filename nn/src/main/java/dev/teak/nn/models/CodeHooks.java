package dev.teak.nn.models;

import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.EpochMeans;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The training of an autoencoder that is particular about its codes: a term of them is made small
 * beside the reconstruction. {@link Objective#RECONSTRUCTION} is the mean over an image's numbers,
 * terms stand beside the sum, so that they are divided by how many numbers there are.
 *
 * <p>Figures are means over an epoch's batches.
 *
 * @param <Z> codes of a batch
 */
abstract class CodeHooks<Z> implements TrainingHooks {
  private static final String RECONSTRUCTION = "reconstruction";

  private final String term;
  private final double weight;
  private final EpochMeans means;
  private final MeanColor start;

  /**
   * With figures of the reconstruction, the term, and more.
   *
   * @param autoencoder whose training it is
   * @param term what its figure is called
   * @param weight of the term beside the squared error summed over an image
   */
  CodeHooks(Module autoencoder, String term, double weight, String... more) {
    this.start = new MeanColor(autoencoder);
    this.term = term;
    this.weight = weight;
    List<String> figures = new ArrayList<>(List.of(RECONSTRUCTION, term));
    figures.addAll(List.of(more));
    this.means = new EpochMeans(figures);
  }

  /** Throws unless a weight, or a rate, is 0 or more and finite. */
  static void requireAtLeastZero(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + ": " + value + ": must be 0 or more, and finite");
    }
  }

  @Override
  public final void fit(Examples train, int batch) {
    start.fit(train, batch);
  }

  abstract Z encode(Tensor images);

  abstract Tensor decode(Z codes);

  /** What is made small: the mean over the images, a scalar. */
  abstract Tensor term(Z codes);

  @Override
  public final Objective objective(Objective inner) {
    return (model, batch, step) -> {
      Z codes = encode(batch.images()); // once, for both
      Objective.Result r = inner.of(Layers.of(images -> decode(codes)), batch, step);
      Tensor more = term(codes);
      count(step, RECONSTRUCTION, r.loss());
      count(step, term, more);
      Shape images = batch.images().shape();
      int numbers = images.size() / images.dim(0);
      return r.loss(r.loss().add(more.mul(weight / numbers)));
    };
  }

  /** Counts a step's figure, a scalar; once a step for each name. */
  final void count(Step step, String name, Tensor figure) {
    means.count(step, name, figure);
  }

  @Override
  public Map<String, Tensor> state() {
    return means.sums();
  }

  @Override
  public final Map<String, Double> figures() {
    return means.figures();
  }

  @Override
  public final void close() {
    state().values().forEach(Tensor::release);
  }
}
