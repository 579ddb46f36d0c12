package dev.teak.lab.measure;

import dev.teak.attacks.Attack;
import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.attacks.evaluation.Attacks;
import dev.teak.engine.Autograd;
import dev.teak.engine.ImageQuality;
import dev.teak.engine.Losses;
import dev.teak.engine.Numbers;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.Trained;
import dev.teak.nn.Module;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a defense makes of images that were attacked without it: they are made on another recipe's
 * model of the same seed, which knows nothing of the defense, and shown to this one. Accuracy and
 * loss of both on the images as they are and attacked, and where something stands in front, how
 * near what it gives comes to the images as they were. Every image is attacked, also those that the
 * other model has wrong. What this leaves of an attacker who knows the defense, says {@link
 * Attacked}.
 *
 * @param from the other recipe: the model without the defense
 * @param attack without its epsilon
 * @param epsilons in the attack's norm, pixels in 0..1, rising
 * @param images how many; 0 leaves it out
 * @param examples of how many the pixels are kept, for pictures
 * @param members whether each member of an ensemble is asked by itself too, behind the same front;
 *     of any other model that says nothing
 */
public record Reconstruction(
    String from,
    AttackTemplate attack,
    List<Double> epsilons,
    int images,
    int examples,
    boolean members)
    implements Measure {
  /** The name of its kind of results. */
  public static final String NAME = "reconstruction";

  /** The smallest side that SSIM's window has room on. */
  private static final int SSIM_WINDOW = 11;

  /** What the figures that are means over members begin with. */
  private static final String MEANS = "members_";

  /** What those of one begin with, before its number. */
  private static final String MEMBER = "member_";

  /** FGSM on a recipe that must be named. */
  static final Reconstruction DEFAULTS =
      new Reconstruction(
          "", new AttackTemplate("fgsm"), Attacked.DEFAULTS.epsilons(), 256, 0, false);

  /** Rejects negative numbers and unordered epsilons. */
  public Reconstruction {
    epsilons = List.copyOf(epsilons);
    Attacked.requireRising(epsilons);
    Attacked.requireCount("images", images);
    Attacked.requireCount("examples", examples);
  }

  /** Whether a figure is of one member of an ensemble, as {@code member_3_accuracy}. */
  public static boolean isOfOneMember(String figure) {
    return figure.startsWith(MEMBER);
  }

  @Override
  public Map<String, Measured> of(Trial trial) throws IOException {
    Map<String, Measured> found = new LinkedHashMap<>();
    if (images == 0) {
      return found;
    }
    try (Trained source = trial.other(from);
        Module.Evaluating undefended = source.model().evaluating();
        Module.Evaluating defended = trial.trained().model().evaluating()) {
      for (double epsilon : epsilons) {
        Attack made = attack.at(epsilon, trial.seed());
        found.put(
            NAME + " " + attack.name() + "@" + Numbers.exact(epsilon),
            new Look(trial, source).at(made, epsilon));
      }
    }
    return found;
  }

  @Override
  public double passes(int all) {
    double attacked = Attacked.passes(attack.at(epsilons.get(0), 0)) + (members ? 3 : 2);
    return epsilons.size() * Math.min(all, images) * attacked;
  }

  /** What a model says of a batch, how much of it is right, and the sum of its losses. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Said(int[] predictions, int right, double loss) {}

  /** One look, at one epsilon. */
  private final class Look {
    private final Trial trial;
    private final Trained source;
    private final Module model;
    private final Optional<Module> front;
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private final List<Integer> said = new ArrayList<>();
    private final List<Measured.Example> kept = new ArrayList<>();

    Look(Trial trial, Trained source) {
      this.trial = trial;
      this.source = source;
      this.model = trial.trained().model();
      this.front = trial.trained().defended().front();
    }

    Measured at(Attack made, double epsilon) {
      Examples some = trial.first(images);
      int[] rows = IntStream.range(0, some.size()).toArray();
      int to;
      for (int from = 0; from < rows.length; from = to) {
        to = Math.min(rows.length, from + Trial.BATCH);
        try (Scope scope = Scope.open()) {
          batch(some.batch(rows, from, to), made, epsilon, from == 0);
        }
      }
      Measured m = Measured.by(NAME).settings(settings(made, epsilon));
      for (Map.Entry<String, Double> sum : sums.entrySet()) {
        m = m.figure(sum.getKey(), figure(sum.getKey(), sum.getValue(), rows.length));
      }
      return m.classes(List.of(), said).examples(kept);
    }

    private Figure figure(String name, double sum, int count) {
      boolean share = name.endsWith("accuracy") && !name.startsWith(MEANS);
      return share ? Figure.share((int) Math.round(sum), count) : Figure.of(sum / count, count);
    }

    private Map<String, Object> settings(Attack made, double epsilon) {
      Map<String, Object> settings = new LinkedHashMap<>();
      settings.put("attack", attack.name());
      settings.put("epsilon", epsilon);
      settings.put("from", from);
      settings.put("settings", Attacks.REGISTRY.settings(made));
      return settings;
    }

    private void batch(Batch b, Attack made, double epsilon, boolean first) {
      Tensor attacked = made.perturb(source.victim(), b.images(), b.labels()).images();
      try (Autograd.Mode plain = Autograd.noGrad()) {
        judge("clean_", source.model(), b.images(), b);
        judge("adversarial_", source.model(), attacked, b);
        judge("reconstructed_clean_", model, b.images(), b);
        int[] now = judge("", model, attacked, b);
        IntStream.of(now).forEach(said::add);
        quality("adversarial", attacked, b.images());
        Tensor back = given(attacked);
        Tensor clean = given(b.images());
        if (front.isPresent()) {
          quality("reconstructed", back, b.images());
          quality("reconstructed_clean", clean, b.images());
          if (first) {
            keep(b.images(), attacked, back, epsilon, now);
          }
        }
        if (members && trial.trained().bare() instanceof Ensemble ensemble) {
          members(ensemble, back, clean, b);
        }
      }
    }

    /** What the model behind all that stands in front is given. */
    private Tensor given(Tensor images) {
      return front.isPresent() ? front.get().forward(images) : images;
    }

    private void members(Ensemble ensemble, Tensor back, Tensor clean, Batch b) {
      Module behind = trial.trained().defended().behindFronts();
      int count = ensemble.members().size();
      for (int i = 0; i < count; i++) {
        try (Ensemble.Alone one = ensemble.alone(i)) {
          Said ofBack = said(behind, back, b);
          Said ofClean = said(behind, clean, b);
          add(MEMBER + i + "_", ofBack, 1);
          add(MEMBER + i + "_reconstructed_clean_", ofClean, 1);
          add(MEANS, ofBack, 1.0 / count);
          add(MEANS + "reconstructed_clean_", ofClean, 1.0 / count);
        }
      }
    }

    private int[] judge(String prefix, Module by, Tensor x, Batch b) {
      Said s = said(by, x, b);
      add(prefix, s, 1);
      return s.predictions;
    }

    private Said said(Module by, Tensor x, Batch b) {
      Tensor logits = by.forward(x);
      int classes = logits.shape().dim(1);
      float[] all = logits.toFloats();
      int[] labels = b.labels().toInts();
      int[] predictions = new int[labels.length];
      int right = 0;
      for (int i = 0; i < labels.length; i++) {
        float[] row = Arrays.copyOfRange(all, i * classes, (i + 1) * classes);
        predictions[i] = Evaluate.prediction(row);
        right += predictions[i] == labels[i] ? 1 : 0;
      }
      double loss = Losses.crossEntropy(logits, b.labels(), Losses.Reduction.SUM).item();
      return new Said(predictions, right, loss);
    }

    private void add(String prefix, Said of, double weight) {
      add(prefix + "accuracy", weight * of.right);
      add(prefix + "loss", weight * of.loss);
    }

    private void quality(String of, Tensor x, Tensor original) {
      Tensor error = x.sub(original);
      add(of + "_mse", error.square().mean(1, 2, 3).sum().item());
      add(of + "_psnr", ImageQuality.psnr(x, original, 1).sum().item());
      if (x.shape().dim(1) >= SSIM_WINDOW && x.shape().dim(2) >= SSIM_WINDOW) {
        add(of + "_ssim", ImageQuality.ssim(x, original, 1).sum().item());
      }
    }

    private void add(String figure, double sum) {
      sums.merge(figure, sum, Double::sum);
    }

    /** Of the first batch, for pictures. */
    private void keep(Tensor images, Tensor attacked, Tensor back, double epsilon, int... now) {
      float[] before = images.toFloats();
      float[] after = attacked.toFloats();
      float[] restored = back.toFloats();
      for (int i = 0; i < Math.min(examples, now.length); i++) {
        String name = TransferAttack.NAME + " " + attack.name() + " from " + from;
        kept.add(
            AttackedExamples.example(trial, i, now[i], name, epsilon, before, after, restored));
      }
    }
  }
}
