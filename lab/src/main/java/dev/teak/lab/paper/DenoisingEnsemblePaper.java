package dev.teak.lab.paper;

import static dev.teak.lab.paper.DenoisingEnsemble.ACCURACY;
import static dev.teak.lab.paper.DenoisingEnsemble.ADVERSARIAL;
import static dev.teak.lab.paper.DenoisingEnsemble.CLASSIFIER;
import static dev.teak.lab.paper.DenoisingEnsemble.FOLDS;

import dev.teak.lab.paper.DenoisingEnsembleFigures.Row;
import dev.teak.lab.report.BarChart;
import dev.teak.lab.report.BarChart.Bar;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Question;
import dev.teak.lab.report.Results;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/** A denoising autoencoder in front, and ten folds: {@code docs/papers/denoising-ensemble.md}. */
final class DenoisingEnsemblePaper implements Paper {
  @Override
  public String name() {
    return "denoising-ensemble";
  }

  @Override
  public String title() {
    return "A denoising autoencoder, and ten folds";
  }

  @Override
  public List<Question> questions(Results results) {
    return DenoisingEnsembleFindings.of(new DenoisingEnsemble(results));
  }

  @Override
  public String basis() {
    return "These verdicts are computed from the results. A difference, in points, counts where its"
        + " 95% interval leaves zero out: over seeds, and over folds by the corrected resampled t of"
        + " Nadeau and Bengio, for folds share most of their training images. FGSM is made, as in"
        + " the paper, on the classifier, which knows nothing of the autoencoder; what is left under"
        + " attacks that know it has a question and a part of its own.";
  }

  @Override
  public List<DomContent> charts(Results results) {
    DenoisingEnsemble all = new DenoisingEnsemble(results);
    List<BarChart.Group> paper = new ArrayList<>();
    List<BarChart.Group> here = new ArrayList<>();
    for (Row row : all.rows()) {
      double e = row.epsilon();
      String of = DenoisingEnsemble.words(e);
      Group one = all.denoised(CLASSIFIER, e);
      paper.add(
          new BarChart.Group(
              of,
              List.of(
                  Bar.printed(row.adversarial()),
                  Bar.printed(row.reconstructed()),
                  Bar.printed(row.folds()))));
      here.add(
          new BarChart.Group(
              of,
              List.of(
                  Bar.of(DenoisingEnsemble.at(one, e, ADVERSARIAL)),
                  Bar.of(DenoisingEnsemble.at(one, e, ACCURACY)),
                  Bar.of(DenoisingEnsemble.at(all.denoised(FOLDS, e), e, ACCURACY)),
                  Bar.of(PipelineAttacks.of(all, e).left(one)))));
    }
    if (here.isEmpty()) {
      return List.of();
    }
    List<String> series = List.of("attacked", "denoised", "folds, denoised");
    List<String> more = new ArrayList<>(series);
    more.add("denoised, when attacks know it");
    return List.of(
        new BarChart("Here", more, here).render(),
        new BarChart("The paper", series, paper).render());
  }

  @Override
  public List<Part> parts(Results results) {
    DenoisingEnsemble all = new DenoisingEnsemble(results);
    if (all.rows().isEmpty()) {
      return List.of();
    }
    DenoisingEnsembleTables tables = new DenoisingEnsembleTables(all);
    return List.of(
        new Part("The paper's figures beside these", tables.paper()),
        new Part("Every noise against every epsilon", tables.grid()),
        new Part("What the autoencoder gives back", tables.quality()),
        new Part("When the attack knows the autoencoder", PipelineAttacks.tables(all)),
        new Part("Ten folds", new FoldTables(all).render()),
        new Part("What each part takes", tables.times()));
  }

  @Override
  public boolean features(Group group) {
    String recipe = group.cell().recipe();
    return recipe.equals(CLASSIFIER)
        || recipe.startsWith(DenoisingEnsemble.DENOISED)
        || recipe.startsWith(FOLDS + ", ");
  }
}
