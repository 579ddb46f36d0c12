package dev.teak.lab.report;

import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A report as it grows: one file, no request to anywhere, readable on a phone, in print and at
 * night. Its headings make its table of contents.
 */
public final class Page {
  private static final String STYLE = read("page.css");

  /** From so many headings on a table of contents is of use. */
  private static final int CONTENTS_FROM = 4;

  /**
   * Browsers that cannot unfold for print by style alone (before {@code ::details-content}) do it
   * by these, and fold again what was folded.
   */
  private static final String UNFOLD =
      "for(const d of document.querySelectorAll('details:not([open])')){d.open=true;d.className+=' printed'}";

  private static final String FOLD =
      "for(const d of document.querySelectorAll('details.printed')){d.open=false;d.classList.remove('printed')}";

  private final String title;
  private final List<DomContent> content = new ArrayList<>();
  private final List<String> headings = new ArrayList<>();
  private String style = "";

  /** An empty page under a title. */
  public Page(String title) {
    this.title = title;
  }

  /** Adds style of its own to that of all pages. */
  public Page style(String css) {
    style += css;
    return this;
  }

  /** Adds what comes next, one below the other. */
  public Page add(List<? extends DomContent> next) {
    content.addAll(next);
    return this;
  }

  /** Adds what comes next. */
  public Page add(DomContent next) {
    content.add(next);
    return this;
  }

  /** Begins a part, which the table of contents names. */
  public Page heading(String what) {
    headings.add(what);
    return add(tag("h2").withId("part-" + headings.size()).withText(what));
  }

  /** The whole page as text. */
  public String html() {
    ContainerTag<?> head =
        tag("head")
            .with(
                rawHtml("<meta charset=\"utf-8\">"),
                rawHtml("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"),
                rawHtml("<link rel=\"icon\" href=\"data:,\">"),
                tag("title").withText(title),
                tag("style").with(rawHtml("\n" + STYLE + style)));
    ContainerTag<?> body =
        tag("body")
            .attr("onbeforeprint", UNFOLD)
            .attr("onafterprint", FOLD)
            .with(tag("h1").withText(title));
    if (headings.size() >= CONTENTS_FROM) {
      body.withClass("beside").with(contents());
    }
    body.with(tag("main").with(content));
    return "<!DOCTYPE html>\n" + tag("html").attr("lang", "en").with(head, body).render() + "\n";
  }

  private ContainerTag<?> contents() {
    ContainerTag<?> list = tag("ol");
    for (int i = 0; i < headings.size(); i++) {
      list.with(
          tag("li").with(tag("a").attr("href", "#part-" + (i + 1)).withText(headings.get(i))));
    }
    return tag("nav").withClass("contents").with(fold("Contents", List.of(list)));
  }

  private static String read(String resource) {
    try (InputStream in = Page.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " of the report cannot be read", e);
    }
  }

  /** The whole page as text, without a table of contents. */
  public static String html(String title, List<? extends DomContent> content) {
    return html(title, "", content);
  }

  /** The whole page as text, with style of its own beside that of all pages. */
  public static String html(String title, String style, List<? extends DomContent> content) {
    return new Page(title).style(style).add(content).html();
  }

  /** What stands below a table or a figure, or between them, in a softer colour. */
  public static ContainerTag<?> note(String what) {
    return tag("p").withClass("note").withText(what);
  }

  /** What a reader must know before believing a figure. */
  public static ContainerTag<?> warning(String what) {
    return tag("p").withClass("warning").withText(what);
  }

  /** What is behind a line to click on; in print it is unfolded. */
  public static ContainerTag<?> fold(String line, List<? extends DomContent> folded) {
    return tag("details").with(tag("summary").withText(line)).with(folded);
  }

  /** Figures side by side where the page is wide enough. */
  public static ContainerTag<?> side(List<? extends DomContent> figures) {
    return tag("div").withClass("side").with(figures);
  }

  /**
   * Neighbouring columns under one heading.
   *
   * @param title above them
   * @param count how many
   * @param style class of the columns
   */
  public record Columns(String title, int count, String style) {}

  /** A table; the first column is a name, the others are figures or pictures. */
  public static ContainerTag<?> table(List<String> head, List<List<DomContent>> rows) {
    return table(List.of(), head, rows);
  }

  /** A table whose columns are in groups. */
  public static ContainerTag<?> table(
      List<Columns> groups, List<String> head, List<List<DomContent>> rows) {
    ContainerTag<?> table = tag("table");
    ContainerTag<?> heading = tag("thead");
    if (!groups.isEmpty()) {
      ContainerTag<?> above = tag("tr");
      for (Columns g : groups) {
        table.with(tag("colgroup").withClass(g.style).attr("span", g.count));
        above.with(tag("th").withClass("group").attr("colspan", g.count).withText(g.title));
      }
      heading.with(above);
    }
    ContainerTag<?> first = tag("tr");
    head.forEach(h -> first.with(tag("th").withText(h)));
    ContainerTag<?> body = tag("tbody");
    for (List<DomContent> row : rows) {
      ContainerTag<?> line = tag("tr");
      row.forEach(cell -> line.with(tag("td").with(cell)));
      body.with(line);
    }
    return tag("div").withClass("scroll").with(table.with(heading.with(first), body));
  }
}
