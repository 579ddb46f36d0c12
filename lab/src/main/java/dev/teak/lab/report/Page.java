package dev.teak.lab.report;

import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.List;

/**
 * The frame of a report: one file, no request to anywhere, readable on a phone, in print and at
 * night.
 */
public final class Page {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1b1f23; --paper: #fdfdfb; --rule: #d5d5cf; --soft: #6b6f75;
        --s0: #0b62a3; --s1: #c2410c; --s2: #2f7d32; --s3: #7b3fa0; --s4: #8a6d00; --s5: #0d7f85; }
      @media screen and (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #16181b;
        --rule: #3a3d42; --soft: #9aa0a6; --s0: #6cb4f0; --s1: #f59a63; --s2: #7fc983; --s3: #c79be6;
        --s4: #dcc25c; --s5: #5fcbd1; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 60rem; margin: 0 auto; padding: 1rem; }
      h1 { line-height: 1.2; } h2 { margin-top: 2rem; border-bottom: 1px solid var(--rule); }
      .scroll { overflow-x: auto; } table { border-collapse: collapse; }
      th, td { padding: .35rem .8rem; text-align: right; border-bottom: 1px solid var(--rule); }
      th:first-child, td:first-child { text-align: left; }
      td.image { text-align: center; } figure { margin: 1rem 0; } figcaption { font-weight: 600; }
      .note { color: var(--soft); } .pixels { image-rendering: pixelated; width: 84px; height: 84px;
        border: 1px solid var(--rule); }
      .chart { display: block; width: 100%; max-width: 40rem; height: auto; }
      .chart text { font-size: 13px; fill: var(--soft); } .chart .strong { fill: var(--ink); }
      .chart .small { font-size: 11.5px; } .chart .onCell { fill: var(--paper); }
      .chart .faint { fill-opacity: .5; } .grid { stroke: var(--rule); }
      .legend { font-size: .85rem; } .legend span { margin-right: 1.2rem; white-space: nowrap; }
      .key { width: 1.8em; height: .5em; vertical-align: middle; }
      .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); }
      .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
      .line { fill: none; stroke: var(--c); stroke-width: 2.2; } .dot, .bar, .band { fill: var(--c); }
      .band { fill-opacity: .15; } .whisker { stroke: var(--ink); stroke-width: 1.2; }
      .line.s1 { stroke-dasharray: 7 3; } .line.s2 { stroke-dasharray: 2 3; }
      .line.s3 { stroke-dasharray: 9 3 2 3; } .line.s4 { stroke-dasharray: 12 4; }
      .line.s5 { stroke-dasharray: 4 2 1 2 1 2; }
      .cell { stroke: var(--rule); } .hit { fill: var(--s0); } .miss { fill: var(--s1); }
      @media print { :root { --paper: white; } body { max-width: none; padding: 0; font-size: 11px; } .scroll { overflow: visible; }
        th, td { padding: .2rem .4rem; } figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
      """;

  private Page() {}

  /** The whole page as text. */
  public static String html(String title, List<? extends DomContent> content) {
    return html(title, "", content);
  }

  /** The whole page as text, with style of its own beside that of all pages. */
  public static String html(String title, String style, List<? extends DomContent> content) {
    ContainerTag<?> head =
        tag("head")
            .with(
                rawHtml("<meta charset=\"utf-8\">"),
                rawHtml("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"),
                rawHtml("<link rel=\"icon\" href=\"data:,\">"),
                tag("title").withText(title),
                tag("style").with(rawHtml(STYLE + style)));
    ContainerTag<?> body = tag("body").with(tag("h1").withText(title)).with(content);
    return "<!DOCTYPE html>\n" + tag("html").attr("lang", "en").with(head, body).render() + "\n";
  }

  /** What stands below a table or a figure, or between them, in a softer colour. */
  public static ContainerTag<?> note(String what) {
    return tag("p").withClass("note").withText(what);
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
