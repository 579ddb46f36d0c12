package dev.teak.lab.experiment;

import dev.teak.engine.Philox;
import dev.teak.nn.models.Combine;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.models.EnsembleOf;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The first phase of an ensemble whose members are trained apart, each on all folds of the training
 * images but its own. A member is an artifact of a recipe and a seed of its own, so that a kill
 * costs no member that is done, and recipes share members whatever they make of their answers.
 *
 * @param recipe of the ensemble
 * @param seed of the folds, and of the members' seeds
 * @param data that the folds are made of; its validation images are not asked
 */
record Folds(Recipe recipe, long seed, Data.Learning data) {
  /** Where a member's artifact is from. */
  interface Source {
    /**
     * The member, trained where it is not there yet.
     *
     * @param fold to learn from, and to be judged by
     * @param told of its training
     */
    Trained get(Cell member, Data.Learning fold, TrainingListener told) throws IOException;
  }

  private static EnsembleOf ensemble(Recipe recipe) {
    return (EnsembleOf) recipe.model();
  }

  /** The share of the training images that each member learns from. */
  static double share(Recipe recipe) {
    int members = ensemble(recipe).members();
    return (members - 1.0) / members;
  }

  /**
   * Has all members trained and gives an ensemble their weights; those of a weighted one are worth
   * what their accuracies on their own folds are.
   *
   * @return means over the members of each epoch's figures, and the seconds of all
   * @throws IllegalArgumentException if there are more folds than training images of a class
   */
  PhaseTraining.Done train(Ensemble into, Source source, TrainingListener listener)
      throws IOException {
    int members = ensemble(recipe).members();
    requireOfEachClass(members);
    List<Examples.Split> folds = data.train().folds(members, seed);
    List<List<CellResult.Epoch>> epochs = new ArrayList<>();
    double seconds = 0;
    for (int i = 0; i < members; i++) {
      Examples.Split fold = folds.get(i);
      Data.Learning learned = new Data.Learning(fold.rest(), fold.held(), data.classes());
      try (Trained member = source.get(member(i), learned, new OneOf(listener, i, members))) {
        into.members().get(i).loadStateDict(member.model().stateDict());
        epochs.add(member.epochs());
        seconds += member.seconds();
      }
    }
    if (ensemble(recipe).combine() == Combine.WEIGHTED) {
      into.weights(
          IntStream.range(0, members)
              .mapToDouble(i -> Evaluate.accuracy(into.members().get(i), folds.get(i).held()))
              .toArray());
    }
    return new PhaseTraining.Done(means(epochs), seconds);
  }

  private void requireOfEachClass(int folds) {
    int[] counts = new int[data.classes()];
    for (int label : data.train().labels()) {
      counts[label]++;
    }
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] < folds) {
        throw new IllegalArgumentException(
            recipe.name()
                + ": folds: "
                + folds
                + " folds, and "
                + counts[c]
                + " training images of class "
                + c
                + "; there must be as many of each class as folds, or more");
      }
    }
  }

  private Cell member(int number) {
    Recipe of =
        new Recipe(
            recipe.name() + ", fold " + number,
            ensemble(recipe).model(),
            null,
            List.of(recipe.phases().get(0)));
    return new Cell(of, Philox.key(seed, "member/" + number));
  }

  /** Means over those members that have an epoch. */
  private static List<CellResult.Epoch> means(List<List<CellResult.Epoch>> members) {
    List<CellResult.Epoch> means = new ArrayList<>();
    int longest = members.stream().mapToInt(List::size).max().orElse(0);
    for (int e = 0; e < longest; e++) {
      int epoch = e;
      List<CellResult.Epoch> all =
          members.stream().filter(m -> m.size() > epoch).map(m -> m.get(epoch)).toList();
      Map<String, Double> figures = new LinkedHashMap<>();
      for (String name : all.get(0).figures().keySet()) {
        figures.put(
            name, all.stream().mapToDouble(m -> m.figure(name)).average().orElse(Double.NaN));
      }
      means.add(new CellResult.Epoch(1, epoch + 1, figures));
    }
    return means;
  }

  /** Tells of a member's batches as of some of the batches that all members have in an epoch. */
  private record OneOf(TrainingListener told, int member, int members) implements TrainingListener {
    @Override
    public void onBatch(int epoch, int batch, int batches, double loss) {
      told.onBatch(epoch, member * batches + batch, members * batches, loss);
    }
  }
}
