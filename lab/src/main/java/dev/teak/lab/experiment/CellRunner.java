package dev.teak.lab.experiment;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Attack;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.AutoAttack;
import dev.teak.attacks.evaluation.Check;
import dev.teak.attacks.evaluation.Evaluation;
import dev.teak.attacks.evaluation.Outcomes;
import dev.teak.attacks.evaluation.Report.Interval;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.defenses.Training;
import dev.teak.engine.Scope;
import dev.teak.lab.experiment.CellResult.Attacked;
import dev.teak.lab.experiment.CellResult.Example;
import dev.teak.lab.experiment.CellResult.Masked;
import dev.teak.lab.experiment.CellResult.Predictions;
import dev.teak.lab.experiment.CellResult.Scores;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Metrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Runs a cell: trains its model and measures it on the test set. Its result depends on the
 * experiment, the data, the cell and the device alone.
 *
 * @param experiment what is measured
 * @param data its images
 */
record CellRunner(Experiment experiment, Data data) {
  private static final int BATCH = 128;
  private static final int BYTES_A_WEIGHT = 4;

  /** What a cell gave, and what it took. */
  record Done(CellResult result, CellTimes times) {}

  Done run(Cell cell) throws IOException {
    try (TrainedCell trained = TrainedCell.of(cell, data.learning(), data.classes())) {
      return new Measuring(cell, trained).run();
    }
  }

  /** The measuring of one trained model. */
  private final class Measuring {
    private final Cell cell;
    private final TrainedCell trained;
    private final Experiment.Attacks attacks = experiment.attacks();
    private final int[] labels = data.test().labels();
    private final int[] clean;
    private final double inferenceSeconds;
    private int[] underPgd = new int[0];

    Measuring(Cell cell, TrainedCell trained) {
      this.cell = cell;
      this.trained = trained;
      long start = System.nanoTime();
      this.clean = Evaluate.predictions(trained.model(), data.test());
      this.inferenceSeconds = seconds(start);
    }

    Done run() {
      long start = System.nanoTime();
      List<Attacked> attacked = attacked();
      Masked masked = trained.run().masked().map(this::masked).orElse(null);
      double attackSeconds = seconds(start);
      start = System.nanoTime();
      List<Check> checks = checks();
      double checkSeconds = seconds(start);
      long parameters = trained.model().parameterCount();
      CellResult result =
          new CellResult(
              cell,
              trained.epochs(),
              Scores.of(Metrics.of(labels, clean, data.classes())),
              attacked,
              masked,
              new Predictions(
                  digits(labels), digits(clean), digits(underPgd), "pgd", attacks.middleEpsilon()),
              checks,
              dimension(),
              parameters,
              BYTES_A_WEIGHT * parameters / 1e6,
              examples());
      CellTimes times =
          new CellTimes(
              cell.id(),
              trained.seconds(),
              inferenceSeconds,
              clean.length,
              attackSeconds,
              checkSeconds,
              PeakMemory.mebibytes());
      return new Done(result, times);
    }

    private Double dimension() {
      var dimension = trained.run().effectiveDimension();
      return dimension.isPresent() ? (Double) dimension.getAsDouble() : null;
    }

    private List<Attacked> attacked() {
      List<Attacked> all = new ArrayList<>();
      Model plain = new Model(trained.model(), clean);
      all.addAll(plain.attacked(attacks.fgsmImages(), this::fgsm));
      all.addAll(plain.attacked(attacks.pgdImages(), this::pgd));
      underPgd = plain.atMiddle;
      if (experiment.isAmongFirst(attacks.autoattackSeeds(), cell.seed())) {
        all.addAll(plain.attacked(attacks.autoattackImages(), this::autoattack));
      }
      return all;
    }

    private Attack fgsm(double epsilon) {
      return Fgsm.linf(epsilon);
    }

    private Attack pgd(double epsilon) {
      return Pgd.linf(epsilon).steps(attacks.pgdSteps()).seed(cell.seed());
    }

    private Attack autoattack(double epsilon) {
      return AutoAttack.standard(ThreatModel.linf(epsilon), cell.seed());
    }

    private Masked masked(Module behindMask) {
      int[] said = Evaluate.predictions(behindMask, data.test());
      Model model = new Model(behindMask, said);
      return new Masked(
          Masks.atTest(Training.parse(cell.training())),
          Metrics.of(labels, said, data.classes()).accuracy(),
          model.attacked(attacks.maskedImages(), this::pgd));
    }

    private List<Check> checks() {
      if (attacks.checkImages() == 0
          || !experiment.isAmongFirst(attacks.checkSeeds(), cell.seed())) {
        return List.of();
      }
      ThreatModel threat = ThreatModel.linf(attacks.checkEpsilon());
      Examples some = first(attacks.checkImages());
      return Evaluation.quick(threat, cell.seed())
          .checked(some.size())
          .run(Subject.of(Victim.of(trained.model()), some, BATCH))
          .checks();
    }

    private List<Example> examples() {
      int count = Math.min(attacks.examples(), labels.length);
      if (count == 0 || !experiment.isAmongFirst(1, cell.seed())) {
        return List.of();
      }
      Examples some = first(count);
      int[] rows = IntStream.range(0, count).toArray();
      List<Example> examples = new ArrayList<>();
      try (Scope scope = Scope.open()) {
        Examples.Batch b = some.batch(rows, 0, count);
        Attack attack = pgd(attacks.middleEpsilon());
        AdversarialBatch made = attack.perturb(trained.model(), b.images(), b.labels());
        float[] before = b.images().toFloats();
        float[] after = made.images().toFloats();
        int size = some.image().size();
        for (int i = 0; i < count; i++) {
          examples.add(
              new Example(
                  i,
                  labels[i],
                  clean[i],
                  made.predictions()[i],
                  attack.name(),
                  attacks.middleEpsilon(),
                  some.image().dim(0),
                  some.image().dim(1),
                  some.image().dim(2),
                  bytes(before, i * size, size),
                  bytes(after, i * size, size)));
        }
      }
      return examples;
    }

    /** A model with what it says of the test set as it is. */
    private final class Model {
      private final Module module;
      private final int[] asIs;
      private int[] atMiddle = new int[0];

      Model(Module module, int... asIs) {
        this.module = module;
        this.asIs = asIs;
      }

      /** At every epsilon, on the first so many images; of no image nothing. */
      List<Attacked> attacked(int count, DoubleFunction<Attack> at) {
        List<Attacked> all = new ArrayList<>();
        if (count == 0) {
          return all;
        }
        for (double epsilon : attacks.epsilons()) {
          Attack attack = at.apply(epsilon);
          int[] said = under(attack, first(count));
          all.add(scored(attack.name(), epsilon, said));
          if (epsilon == attacks.middleEpsilon()) {
            atMiddle = said;
          }
        }
        return all;
      }

      /** Predictions under an attack; of an image that is wrong as it is, that wrong one. */
      private int[] under(Attack attack, Examples some) {
        boolean[] right = new boolean[some.size()];
        for (int i = 0; i < right.length; i++) {
          right[i] = asIs[i] == labels[i];
        }
        int[] said = Arrays.copyOf(asIs, right.length);
        Subject subject = Subject.of(Victim.of(module), some, BATCH);
        for (Outcomes.Outcome o : subject.attack(attack, right).images()) {
          said[o.image()] = o.prediction();
        }
        return said;
      }

      private Attacked scored(String attack, double epsilon, int... said) {
        int[] truth = Arrays.copyOf(labels, said.length);
        Metrics before = Metrics.of(truth, Arrays.copyOf(asIs, said.length), data.classes());
        Metrics after = Metrics.of(truth, said, data.classes());
        Interval interval =
            Interval.of((int) Math.round(after.accuracy() * said.length), said.length);
        return new Attacked(
            attack,
            epsilon,
            said.length,
            before.accuracy(),
            after.accuracy(),
            interval.low(),
            interval.high(),
            after.macroPrecision(),
            after.macroRecall(),
            after.macroF1());
      }
    }
  }

  private Examples first(int count) {
    return data.test().slice(0, Math.min(count, data.test().size()));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) * 1e-9;
  }

  private static String digits(int... classes) {
    StringBuilder text = new StringBuilder(classes.length);
    for (int c : classes) {
      text.append(Character.forDigit(c, Character.MAX_RADIX));
    }
    return text.toString();
  }

  private static String bytes(float[] pixels, int from, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) Math.round(255 * pixels[from + i]);
    }
    return Base64.getEncoder().encodeToString(bytes);
  }
}
