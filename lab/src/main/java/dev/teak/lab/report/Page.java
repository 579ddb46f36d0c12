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
        --s0: #0b62a3; --s1: #c2410c; --s2: #2f7d32; --s3: #7b3fa0; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #16181b; --rule: #3a3d42;
        --soft: #9aa0a6; --s0: #6cb4f0; --s1: #f59a63; --s2: #7fc983; --s3: #c79be6; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 60rem; margin: 0 auto; padding: 1rem; }
      h1 { line-height: 1.2; } h2 { margin-top: 2rem; border-bottom: 1px solid var(--rule); }
      .scroll { overflow-x: auto; } table { border-collapse: collapse; }
      th, td { padding: .35rem .8rem; text-align: right; border-bottom: 1px solid var(--rule); }
      th:first-child, td:first-child { text-align: left; }
      td.image { text-align: center; } figure { margin: 1rem 0; } figcaption { font-weight: 600; }
      .note { color: var(--soft); } .pixels { image-rendering: pixelated; width: 84px; height: 84px;
        border: 1px solid var(--rule); }
      .chart { width: 100%; height: auto; } .chart text { font-size: 13px; fill: var(--soft); }
      .grid { stroke: var(--rule); } .line { fill: none; stroke-width: 2.5; }
      .legend span { margin-right: 1.2rem; white-space: nowrap; }
      .key { display: inline-block; width: 1.4em; height: .3em; vertical-align: middle; }
      .line.s0 { stroke: var(--s0); } .dot.s0 { fill: var(--s0); } .key.s0 { background: var(--s0); }
      .line.s1 { stroke: var(--s1); stroke-dasharray: 7 3; } .dot.s1 { fill: var(--s1); }
      .key.s1 { background: var(--s1); }
      .line.s2 { stroke: var(--s2); stroke-dasharray: 2 3; } .dot.s2 { fill: var(--s2); }
      .key.s2 { background: var(--s2); }
      .line.s3 { stroke: var(--s3); stroke-dasharray: 9 3 2 3; } .dot.s3 { fill: var(--s3); }
      .key.s3 { background: var(--s3); }
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

  /** A table; the first column is a name, the others are figures or pictures. */
  public static ContainerTag<?> table(List<String> head, List<List<DomContent>> rows) {
    ContainerTag<?> first = tag("tr");
    head.forEach(h -> first.with(tag("th").withText(h)));
    ContainerTag<?> body = tag("tbody");
    for (List<DomContent> row : rows) {
      ContainerTag<?> line = tag("tr");
      row.forEach(cell -> line.with(tag("td").with(cell)));
      body.with(line);
    }
    return tag("div").withClass("scroll").with(tag("table").with(tag("thead").with(first), body));
  }
}
