package dev.teak.lab.explain;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.engine.Shape;
import dev.teak.lab.explain.Look.Said;
import dev.teak.lab.explain.Look.View;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Pictures;
import dev.teak.nn.attribution.Attribution;
import dev.teak.nn.attribution.Attributions;
import dev.teak.nn.settings.Settings;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import j2html.tags.EmptyTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page that {@code teak explain --image} leaves: what a model looks at in some images. */
public final class LookPage {
  /** Classes in an image's table. */
  private static final int CLASSES = 5;

  private static final String STYLE =
      """
      .views { display: grid; grid-template-columns: repeat(3, minmax(0, 14rem)); gap: .3rem 1rem; }
      .views .pixels { display: block; width: 100%; height: auto; }
      .views div { font-size: .85rem; line-height: 1.35; }
      .views small { display: block; color: var(--soft); font-size: inherit; }
      .looked { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 42rem), 1fr)); }
      .settings th { text-align: left; }
      .views.one { grid-template-columns: minmax(0, 14rem); }
      .looked.one { grid-template-columns: repeat(auto-fill, minmax(9rem, 14rem)); gap: 0 1.2rem; }
      """;

  private LookPage() {}

  /**
   * An image on the page.
   *
   * @param name its heading
   * @param about where it is from, and what was done to it
   * @param look what was found
   */
  public record Entry(String name, String about, Look look) {}

  /**
   * The page as text.
   *
   * @param facts what was asked of which model, by name
   * @param methods in the order of each view's maps
   * @param classNames one for each class
   */
  public static String html(
      String title,
      Map<String, String> facts,
      List<Attribution> methods,
      List<String> classNames,
      List<Entry> entries) {
    Page page = new Page(title).style(STYLE);
    List<List<DomContent>> rows = new ArrayList<>();
    facts.forEach((what, value) -> rows.add(List.of(text(what), text(value))));
    page.add(Page.table(List.of("", ""), rows).withClass("scroll settings"));
    page.add(
        Page.note(
            "Orange is what speaks for the class, or matters to it where a method gives no sign;"
                + " blue is what speaks against it. Each map has a scale of its own. Rank correlations are"
                + " Spearman's with the map before the attack: 1 where pixels keep their order."));
    for (Entry entry : entries) {
      page.heading(entry.name);
      page.add(tag("p").withClass("note").withText(entry.about));
      page.add(classes(entry.look, classNames));
      page.add(pictures(entry.look, methods, classNames));
    }
    page.heading("The methods");
    page.add(
        Page.table(List.of("method", "what it shows"), inWords(methods))
            .withClass("scroll settings"));
    return page.html();
  }

  private static DomContent classes(Look look, List<String> names) {
    boolean attacked = look.after() != null;
    List<String> head = new ArrayList<>(List.of("class", "probability"));
    if (attacked) {
      head.add("after the attack");
    }
    List<List<DomContent>> rows = new ArrayList<>();
    for (int c : look.likely(CLASSES)) {
      List<DomContent> row = new ArrayList<>(List.of(text(names.get(c))));
      row.add(text(Formats.percent(look.before().probabilities()[c])));
      if (attacked) {
        row.add(text(Formats.percent(look.after().probabilities()[c])));
      }
      rows.add(row);
    }
    return Page.table(head, rows);
  }

  private static DomContent pictures(Look look, List<Attribution> methods, List<String> names) {
    boolean alone = look.after() == null;
    ContainerTag<?> all = tag("div").withClass(alone ? "looked one" : "looked");
    all.with(figure("the image", images(look), alone));
    for (int m = 0; m < methods.size(); m++) {
      List<DomContent> views = new ArrayList<>();
      for (int v = 0; v < look.views().size(); v++) {
        views.add(view(look, m, v, names));
      }
      all.with(figure(Settings.text(methods.get(m)), views, alone));
    }
    return all;
  }

  private static DomContent figure(String caption, List<DomContent> pictures, boolean alone) {
    return tag("figure")
        .with(
            tag("figcaption").withText(caption),
            tag("div").withClass(alone ? "views one" : "views").with(pictures));
  }

  private static List<DomContent> images(Look look) {
    List<DomContent> pictures = new ArrayList<>();
    pictures.add(captioned(picture(look, look.before()), "as it is", ""));
    if (look.after() != null) {
      double change = look.change();
      Shape s = look.image();
      EmptyTag<?> added =
          Pictures.perturbation(
              look.before().pixels(), look.after().pixels(), s.dim(0), s.dim(1), s.dim(2), change);
      String magnified =
          change == 0
              ? "nothing"
              : String.format(Locale.ROOT, "%.3g times, around grey", 0.5 / change);
      pictures.add(captioned(picture(look, look.after()), "attacked", ""));
      pictures.add(captioned(added, "what the attack adds", magnified));
    }
    return pictures;
  }

  private static EmptyTag<?> picture(Look look, Said said) {
    Shape s = look.image();
    return Pictures.image(said.pixels(), s.dim(0), s.dim(1), s.dim(2));
  }

  private static DomContent view(Look look, int method, int number, List<String> names) {
    View view = look.views().get(number);
    Shape s = look.image();
    EmptyTag<?> map =
        Pictures.overlay(view.of().pixels(), view.maps().get(method), s.dim(0), s.dim(1), s.dim(2));
    String which = number == 0 ? "as it is" : "attacked";
    String moved = look.isEmpty(method, number) ? "0 everywhere" : moved(look, method, number);
    return captioned(map, which + ", for " + names.get(view.target()), moved);
  }

  private static String moved(Look look, int method, int view) {
    double rank = view == 0 ? Double.NaN : look.rankCorrelation(method, view);
    return Double.isFinite(rank) ? "rank correlation " + Formats.decimals(rank, 2) : "";
  }

  private static DomContent captioned(EmptyTag<?> picture, String caption, String below) {
    return tag("div")
        .with(picture.attr("alt", caption), text(caption))
        .with(tag("small").withText(below));
  }

  private static List<List<DomContent>> inWords(List<Attribution> methods) {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Attribution method : methods) {
      String name = Attributions.REGISTRY.name(method);
      Attributions.REGISTRY.entries().stream()
          .filter(e -> e.name().equals(name))
          .forEach(e -> rows.add(List.of(text(Settings.text(method)), text(e.summary()))));
    }
    return rows;
  }
}
