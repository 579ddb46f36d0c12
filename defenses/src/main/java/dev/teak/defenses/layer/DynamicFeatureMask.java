package dev.teak.defenses.layer;

import dev.teak.defenses.Bernoulli;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.defenses.WrapperDefense;
import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.Rerun;
import dev.teak.nn.train.EpochMeans;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Dynamic feature masking (of DFMCL, "dynamic feature masking and curriculum learning"): in each
 * training step, elements of a layer's feature maps become 0 by draws of their own, those of map l
 * with probability p_l = sigmoid(alpha mean |dL/df_l|), the mean over the batch and all positions.
 * Alpha is learned with the weights. dL/df is that of the same batch before anything is masked, so
 * that what lies behind the layer runs twice a step, and what lies before it once ({@link Rerun}).
 *
 * <p>At test nothing is masked, so that the trained model is a plain one, unless {@code
 * mask_at_test} asks for it. Labels are not known there, and no gradient: the probabilities are
 * then the running means of those of training, by a tenth a step as a batch norm's, and the model
 * is random, to be attacked through the mean of its answers. As what stands around a model does, it
 * then stays in later phases too, and masks their training.
 *
 * @param layer full name of the layer, as {@link Module#getSubmodule} takes it; it gives {@code [N,
 *     ..., C]}, a map for each of the last axis
 * @param variant whether p is the probability of being masked or of being kept
 * @param alpha at the start of the training
 * @param calibrated whether p_l is sigmoid(alpha mean |dL/df_l| / m + bias), m being the mean of
 *     mean |dL/df_l| over the maps, with a learned bias, which is -2 at the start. As the formula
 *     stands, gradients of 1e-4 make every p one half
 * @param estimator of alpha's gradient
 * @param temperature of the relaxed draw, above 0; {@link Estimator#STRAIGHT_THROUGH} has none
 * @param rescale whether what is kept is divided by the probability of being kept
 * @param maskAtTest whether masks are drawn at test time too
 */
public record DynamicFeatureMask(
    String layer,
    Variant variant,
    double alpha,
    boolean calibrated,
    Estimator estimator,
    double temperature,
    boolean rescale,
    boolean maskAtTest)
    implements TrainingDefense, WrapperDefense {
  private static final String NAME = "dynamic_feature_mask";

  /**
   * What an epoch's figures are called: the mean of p over maps, and the share of elements at 0.
   */
  private static final String PROBABILITY = "mask_probability";

  private static final String MASKED = "masked";

  /** With alpha at 0.1 and a gradient as large as the mean of all, p is 0.13. */
  private static final double BIAS = -2;

  /** Part of a running mean that a step replaces. */
  private static final double MOMENTUM = 0.1;

  /** Answers that AutoAttack's rand version takes the mean of. */
  private static final int ANSWERS = 20;

  /** No less is divided by. */
  private static final double LEAST = 0x1p-24;

  /** The paper's text and its pseudocode, which say the opposite. */
  public enum Variant {
    /** Masks with probability p. */
    TEXT,
    /** Keeps with probability p: {@code binomial(1, p)}. */
    PSEUDOCODE
  }

  /** What gradient leads through a draw to alpha. */
  public enum Estimator {
    /** That of the probability ({@link Bernoulli#straightThrough}). */
    STRAIGHT_THROUGH,
    /** That of the relaxed variable ({@link Bernoulli#relaxed}); the draw itself stays 0 or 1. */
    RELAXED
  }

  /** Rejects an alpha that is not finite, and a temperature that is none. */
  public DynamicFeatureMask {
    if (!Double.isFinite(alpha)) {
      throw new IllegalArgumentException("alpha: " + alpha + ": must be finite");
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature: " + temperature + ": must be above 0, and finite");
    }
  }

  /** The paper's text: alpha 0.1, straight through, nothing rescaled, nothing at test. */
  public static DynamicFeatureMask at(String layer) {
    return new DynamicFeatureMask(
        layer,
        Variant.TEXT,
        0.1,
        false,
        Estimator.STRAIGHT_THROUGH,
        Bernoulli.TEMPERATURE,
        false,
        false);
  }

  @Override
  public boolean wraps() {
    return maskAtTest;
  }

  @Override
  public int answers() {
    return maskAtTest ? ANSWERS : 1;
  }

  /**
   * {@inheritDoc} The new part has the running means, which are p without a gradient before any
   * training: one half, or in the calibrated form that of a mean one.
   *
   * @throws IllegalArgumentException if there is no such layer, or it does not run
   */
  @Override
  public Module wrap(Trainee trainee) {
    List<Module> layers = Rewired.layers(NAME, trainee.model(), layer);
    Shape given = Rewired.outputs(trainee, layers).get(layers.get(0));
    if (given == null) {
      throw new IllegalArgumentException(NAME + ": layer " + layer + " does not run");
    }
    AtTest masks = new AtTest(this, layers.get(0), given.dim(-1), trainee.seed());
    return new Rewired(
        trainee.model(),
        layers,
        at ->
            at.registerForwardHook((of, in, out) -> masks.isTraining() ? null : masks.forward(out)),
        Map.of("masks", masks));
  }

  /** {@inheritDoc} It is its own, over masks that are drawn anew for every answer. */
  @Override
  public Module attackedThrough(Trainee trainee, Module wrapped) {
    return ((Rewired) wrapped).over(trainee.model());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there is no such layer; if masks are to be drawn at test
   *     too, and the model is not one that this has wrapped
   */
  @Override
  public TrainingHooks on(Trainee trainee) {
    Module model = trainee.model();
    AtTest masks = maskAtTest ? AtTest.of(this, model) : null;
    Module at = masks == null ? Rewired.layers(NAME, model, layer).get(0) : masks.layer;
    return new Masking(new Rerun(model, at), masks, trainee.seed());
  }

  /** Logits of being kept, from those of p. */
  private Tensor kept(Tensor logits) {
    return variant == Variant.TEXT ? logits.neg() : logits;
  }

  private Tensor masked(Tensor f, Tensor mask, Tensor kept) {
    return f.mul(rescale ? mask.div(kept.maximum(LEAST)) : mask);
  }

  /** What masks at test. */
  private static final class AtTest extends Module {
    private final DynamicFeatureMask defense;
    private final Module layer;
    private final Tensor kept; // [C]: the running mean of the probability of being kept
    private final RandomStream random;

    AtTest(DynamicFeatureMask defense, Module layer, int maps, long seed) {
      this.defense = defense;
      this.layer = layer;
      double first = defense.calibrated ? defense.alpha + BIAS : 0;
      Tensor logits = Tensor.full(Devices.current(), Shape.of(maps), first);
      kept = buffer("kept", defense.kept(logits).sigmoid());
      random = stream("random", new RandomStream(seed, NAME));
    }

    /** The one in a model that is of this defense. */
    static AtTest of(DynamicFeatureMask defense, Module model) {
      return model.namedModules().values().stream()
          .filter(m -> m instanceof AtTest t && t.defense.equals(defense))
          .map(m -> (AtTest) m)
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      NAME
                          + ": masks at test, and the model has no part that does; train what"
                          + " wrap gives"));
    }

    @Override
    protected Tensor compute(Tensor f) {
      return defense.masked(f, random.uniform(f.shape()).lt(kept), kept);
    }

    void move(Tensor towards) {
      try (Scope scope = Scope.open()) {
        Update.assign(kept, kept.mul(1 - MOMENTUM).add(towards.detach().mul(MOMENTUM)));
      }
    }
  }

  /** One that masks a training. */
  private final class Masking implements TrainingHooks {
    private final Rerun rerun;
    private final AtTest atTest; // null where nothing is masked then
    private final long seed;
    private final Map<String, Tensor> learned = new LinkedHashMap<>();
    private final EpochMeans means = new EpochMeans(List.of(PROBABILITY, MASKED));

    Masking(Rerun rerun, AtTest atTest, long seed) {
      this.rerun = rerun;
      this.atTest = atTest;
      this.seed = seed;
      learn("alpha", alpha);
      if (calibrated) {
        learn("bias", BIAS);
      }
    }

    private void learn(String name, double start) {
      Tensor scalar = Tensor.full(Devices.current(), Shape.SCALAR, start);
      learned.put(name, scalar.unscoped().requiresGrad(true));
    }

    @Override
    public Objective objective(Objective inner) {
      return (model, batch, step) -> masked(() -> inner.of(model, batch, step), step);
    }

    private Objective.Result masked(Supplier<Objective.Result> pass, Step step) {
      Objective.Result first = rerun.first(pass);
      List<Tensor> outputs = rerun.outputs();
      if (outputs.isEmpty()) {
        throw new IllegalArgumentException(
            NAME + ": layer " + layer + " does not run in the training");
      }
      Iterator<Tensor> slopes =
          Autograd.grad(first.loss(), outputs, Autograd.Options.PLAIN).iterator();
      RandomStream random = new RandomStream(seed, NAME + "/" + step.number());
      List<Tensor> probabilities = new ArrayList<>();
      List<Tensor> shares = new ArrayList<>();
      Objective.Result result =
          rerun.again(
              f -> {
                Tensor logits = logits(slopes.next());
                Tensor mask = drawn(kept(logits), f.shape(), random);
                probabilities.add(logits.sigmoid().mean());
                shares.add(mask.detach().lt(1).mean());
                Tensor kept = kept(logits).sigmoid();
                if (atTest != null) {
                  atTest.move(kept);
                }
                return DynamicFeatureMask.this.masked(f, mask, kept);
              },
              pass);
      means.count(step, PROBABILITY, Tensor.stack(0, probabilities).mean());
      means.count(step, MASKED, Tensor.stack(0, shares).mean());
      return result;
    }

    /** Of p, from a gradient {@code [N, ..., C]}: {@code [C]}. */
    private Tensor logits(Tensor slope) {
      int last = slope.shape().rank() - 1;
      if (last < 1) {
        throw new IllegalArgumentException(
            NAME + ": layer " + layer + " gives " + slope.shape() + "; expects [N, ..., C]");
      }
      Tensor size = slope.detach().abs().mean(IntStream.range(0, last).toArray());
      Tensor relative = calibrated ? size.div(size.mean().maximum(Float.MIN_NORMAL)) : size;
      Tensor scaled = relative.mul(learned.get("alpha"));
      return calibrated ? scaled.add(learned.get("bias")) : scaled;
    }

    private Tensor drawn(Tensor logits, Shape shape, RandomStream random) {
      return estimator == Estimator.RELAXED
          ? Bernoulli.relaxed(logits, shape, random, temperature)
          : Bernoulli.straightThrough(logits, shape, random);
    }

    @Override
    public Map<String, Tensor> parameters() {
      return learned;
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> all = new LinkedHashMap<>(learned);
      all.putAll(means.sums());
      return all;
    }

    @Override
    public Map<String, Double> figures() {
      Map<String, Double> all = new LinkedHashMap<>();
      learned.forEach((name, t) -> all.put("mask_" + name, t.item()));
      all.putAll(means.figures());
      return all;
    }

    @Override
    public void close() {
      learned.values().forEach(Tensor::zeroGrad);
      learned.values().forEach(Tensor::release);
      means.close();
    }
  }
}
