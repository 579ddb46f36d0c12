package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.measure.TransferAttack;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/** Images made on another model beside those made on the model itself. */
final class TransferTable {
  private static final String FROM = TransferAttack.NAME + " ";

  private TransferTable() {}

  /** A table for each attack that came from another model; none where none did. */
  static List<DomContent> of(Results results) {
    List<DomContent> page = new ArrayList<>();
    for (String attack : results.underAttack()) {
      boolean found =
          results.groups().stream()
              .anyMatch(
                  g -> results.epsilons().stream().anyMatch(e -> g.attacked(attack, e).isThere()));
      if (attack.startsWith(FROM) && found) {
        page.add(tag("h3").withText(Results.title(attack)));
        page.add(table(results, attack));
      }
    }
    if (!page.isEmpty()) {
      page.add(
          Page.note(
              "In percent, all of a row on the same images. Who knows a model should break it more"
                  + " often than who knows another: bold where images from the other model do more"
                  + " harm, which is a sign of a masked gradient."));
    }
    return page;
  }

  private static DomContent table(Results results, String attack) {
    String own = attack.substring(FROM.length()).split(" ", 2)[0];
    List<Double> epsilons = results.epsilons();
    List<String> head = new ArrayList<>(List.of("recipe", "images", "clean"));
    for (double e : epsilons) {
      head.add("own " + Axis.number(e));
      head.add("transfer " + Axis.number(e));
    }
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : results.groups()) {
      SameImages same = SameImages.of(List.of(g), List.of(own, attack), epsilons);
      if (epsilons.stream().noneMatch(e -> g.attacked(attack, e).isThere())) {
        continue;
      }
      List<DomContent> row = new ArrayList<>();
      row.add(text(g.model() + ", " + g.training()));
      row.add(text(Integer.toString(same.images())));
      row.add(text(same.clean(g).bare()));
      for (double e : epsilons) {
        Summary mine = same.under(g, own, e);
        Summary its = same.under(g, attack, e);
        row.add(text(mine.bare()));
        row.add(its.mean() < mine.mean() ? tag("b").withText(its.bare()) : text(its.bare()));
      }
      rows.add(row);
    }
    return Page.table(head, rows);
  }
}
