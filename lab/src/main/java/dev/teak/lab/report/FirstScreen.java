package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.report.Question.Answer;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What stands on every page before its first heading: what was asked, what was found and how sure
 * it is.
 *
 * @param warnings what a reader must know first
 * @param questions in order of weight
 * @param charts one that shows the answer, or two side by side
 * @param facts data, images, seeds, size, device and date, by name and in order
 */
public record FirstScreen(
    List<String> warnings,
    List<Question> questions,
    List<? extends DomContent> charts,
    Map<String, String> facts) {
  /** The warning of a run at the size of a test. */
  public static final String SMOKE =
      "This is a smoke run: it shows that everything runs. It is far too small to say anything about"
          + " a defense, and none of its figures should be quoted.";

  /** For a page that carries {@link Page}'s style. */
  public List<DomContent> render() {
    List<DomContent> page = new ArrayList<>();
    warnings.forEach(w -> page.add(Page.warning(w)));
    if (!questions.isEmpty()) {
      page.add(table());
    }
    if (!charts.isEmpty()) {
      page.add(Page.side(charts).withClass("side bars"));
    }
    if (!facts.isEmpty()) {
      ContainerTag<?> line = tag("p").withClass("facts");
      facts.forEach(
          (name, value) ->
              line.with(tag("span").withText(name + " ").with(tag("b").withText(value)))
                  .withText(" "));
      page.add(line);
    }
    return page;
  }

  private ContainerTag<?> table() {
    ContainerTag<?> head = tag("tr");
    boolean paper = questions.stream().anyMatch(q -> !q.paper().isEmpty());
    List<String> titles =
        paper
            ? List.of("question", "the paper", "here", "verdict")
            : List.of("question", "here", "verdict");
    titles.forEach(h -> head.with(tag("th").withText(h)));
    ContainerTag<?> body = tag("tbody");
    questions.forEach(q -> add(body, q, paper));
    return tag("table").withClass("questions").with(tag("thead").with(head), body);
  }

  private static void add(ContainerTag<?> body, Question q, boolean paper) {
    int rows = q.answers().size();
    for (int i = 0; i < rows; i++) {
      ContainerTag<?> row = tag("tr").withClass("answer");
      if (i == 0) {
        row.with(tag("td").withClass("asked").attr("rowspan", rows).withText(q.question()));
        if (paper) {
          row.with(
              tag("td").attr("rowspan", rows).attr("data-label", "the paper").withText(q.paper()));
        }
      }
      Answer a = q.answers().get(i);
      body.with(
          row.with(
              tag("td")
                  .withClass("figure")
                  .attr("data-label", "here")
                  .with(tag("span").withClass("of").withText(a.of()))
                  .withText((a.of().isEmpty() ? "" : " ") + a.figure()),
              tag("td")
                  .withClass("verdict " + a.verdict().style())
                  .withText(a.verdict().sign() + " " + a.word())));
    }
    body.with(
        tag("tr")
            .withClass("behind")
            .with(tag("td").attr("colspan", paper ? 4 : 3).with(behind(q))));
  }

  private static DomContent behind(Question q) {
    List<DomContent> sentences = new ArrayList<>();
    for (Answer a : q.answers()) {
      String of = a.of().isEmpty() ? "" : a.of() + ": ";
      a.behind().forEach(s -> sentences.add(tag("li").withText(of + s)));
    }
    return sentences.isEmpty()
        ? text("")
        : Page.fold("What it rests on", List.of(tag("ul").with(sentences)));
  }
}
