package dev.teak.lab.explain;

import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.engine.Numbers;
import dev.teak.engine.Statistics;
import dev.teak.lab.explain.Trace.Gradient;
import dev.teak.lab.explain.Trace.Step;
import dev.teak.lab.explain.Trace.Vertex;
import dev.teak.lab.report.Page;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The page that {@code teak explain} leaves: the graph, what flowed through it, and the backward
 * pass to be walked through. Without its few lines of script all steps stand one below the other.
 */
public final class ExplainPage {
  private static final String STYLE =
      """
      body { max-width: 76rem; }
      .walk { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
      @media (min-width: 64rem) { .walk { grid-template-columns: minmax(18rem, 1fr) minmax(0, 2fr); }
        .canvas { max-height: 80vh; position: sticky; top: 1rem; } }
      .canvas { overflow: auto; max-height: 60vh; border: 1px solid var(--rule); padding: .5rem; }
      .graph { display: block; margin: 0 auto; font: 12px ui-monospace, monospace; }
      .graph rect { fill: var(--paper); stroke: var(--soft); }
      .graph text { fill: var(--ink); } .graph .name { font-weight: 700; }
      .graph .trains rect { stroke: var(--s0); stroke-width: 2; }
      .graph .current rect { fill: var(--s1); fill-opacity: .3; stroke: var(--s1); stroke-width: 3; }
      .edge { fill: none; stroke: var(--soft); } .head { fill: var(--soft); }
      .step { border-top: 1px solid var(--rule); padding: .5rem 0; }
      .stepping .step { display: none; border: 0; } .stepping .step.current { display: block; }
      .buttons { display: none; gap: .5rem; align-items: center; flex-wrap: wrap; }
      .stepping .buttons { display: flex; } .buttons button { font: inherit; padding: .3rem .9rem; }
      .buttons input { flex: 1; min-width: 8rem; }
      .formula { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
      .step td:last-child { white-space: normal; min-width: 8rem; }
      .small td, .small th { padding: .2rem .4rem; font-size: .8rem; white-space: nowrap; }
      """;

  private static final String SCRIPT =
      """
      const walk = document.querySelector('.walk'), steps = [...document.querySelectorAll('.step')];
      const slider = document.querySelector('.buttons input'), canvas = document.querySelector('.canvas');
      let at = 0;
      function show(i) {
        at = Math.max(0, Math.min(steps.length - 1, i));
        document.querySelectorAll('.current').forEach(e => e.classList.remove('current'));
        steps[at].classList.add('current');
        slider.value = at + 1;
        const box = document.getElementById(steps[at].dataset.vertex);
        box.classList.add('current');
        const r = box.getBoundingClientRect(), c = canvas.getBoundingClientRect();
        canvas.scrollTop += r.top - c.top - c.height / 2 + r.height / 2;
        canvas.scrollLeft += r.left - c.left - c.width / 2 + r.width / 2;
      }
      document.getElementById('back').onclick = () => show(at - 1);
      document.getElementById('on').onclick = () => show(at + 1);
      slider.oninput = () => show(slider.value - 1);
      document.querySelectorAll('.graph a').forEach(a => a.onclick = e => {
        e.preventDefault(); show(Number(a.getAttribute('href').slice(6)) - 1); });
      document.addEventListener('keydown', e => {
        if (e.target !== slider && e.key === 'ArrowRight') show(at + 1);
        if (e.target !== slider && e.key === 'ArrowLeft') show(at - 1); });
      walk.classList.add('stepping');
      const asked = location.hash.match(/^#step-(\\d+)$/);
      show(asked ? asked[1] - 1 : 0);
      """;

  private ExplainPage() {}

  /**
   * The page as text.
   *
   * @param facts what was looked at, by name
   */
  public static String html(String title, Map<String, String> facts, Trace trace) {
    List<DomContent> page = new ArrayList<>();
    page.add(facts(facts));
    page.add(tag("h2").withText("The graph, and the backward pass step by step"));
    page.add(
        note(
            "A box is an op that ran: its name and layer, the shape of its output, what trains in it,"
                + " and the operations of its forward. The backward pass goes through the boxes from"
                + " the loss up; the arrow keys walk along, and a click on a box goes to its step."));
    page.add(
        tag("div")
            .withClass("walk")
            .with(
                tag("div").withClass("canvas").with(GraphPicture.svg(trace)),
                tag("div").with(buttons(trace.steps().size())).with(steps(trace))));
    page.add(tag("h2").withText("What flowed through it"));
    page.add(flow(trace));
    page.add(tag("h2").withText("What it held"));
    page.add(memory(trace));
    page.add(tag("script").with(rawHtml(SCRIPT)));
    return Page.html(title, STYLE, page);
  }

  /** The graph alone, in Graphviz's language. */
  public static String dot(String title, Trace trace) {
    return GraphPicture.dot(title, trace);
  }

  private static DomContent note(String what) {
    return tag("p").withClass("note").withText(what);
  }

  private static DomContent facts(Map<String, String> facts) {
    List<List<DomContent>> rows =
        facts.entrySet().stream()
            .map(e -> List.<DomContent>of(text(e.getKey()), text(e.getValue())))
            .toList();
    return Page.table(List.of("", ""), rows);
  }

  private static DomContent buttons(int steps) {
    return tag("div")
        .withClass("buttons")
        .with(
            tag("button").withId("back").withText("\u2190 back"),
            tag("button").withId("on").withText("on \u2192"),
            rawHtml("<input type=\"range\" min=\"1\" max=\"" + steps + "\" aria-label=\"step\">"));
  }

  private static List<DomContent> steps(Trace trace) {
    List<DomContent> all = new ArrayList<>();
    for (int i = 0; i < trace.steps().size(); i++) {
      Step step = trace.steps().get(i);
      Vertex v = trace.vertices().get(step.vertex());
      List<List<DomContent>> rows = new ArrayList<>();
      rows.add(row("in: of y", step.incoming()));
      step.outgoing().forEach(g -> rows.add(row("out: of " + g.of(), g)));
      all.add(
          tag("section")
              .withClass("step")
              .withId("step-" + (i + 1))
              .attr("data-vertex", "v" + v.id())
              .with(
                  tag("h3")
                      .withText(
                          String.format(
                              Locale.ROOT,
                              "Step %d of %d: %s %s",
                              i + 1,
                              trace.steps().size(),
                              v.name(),
                              v.layer())),
                  tag("p").withClass("formula").withText("y = " + v.op().formula()),
                  tag("p").withClass("formula").withText("gradients: " + v.op().vjp()),
                  small(Page.table(GRADIENT_HEAD, rows))));
    }
    return all;
  }

  private static final List<String> GRADIENT_HEAD =
      List.of("gradient", "shape", "norm", "mean", "deviation", "largest", "zeros", "first values");

  private static List<DomContent> row(String name, Gradient g) {
    List<DomContent> row = new ArrayList<>(List.of(text(name), text(g.shape().toString())));
    Statistics s = g.statistics();
    for (double v : new double[] {s.norm(), s.mean(), s.deviation(), largest(s)}) {
      row.add(text(Numbers.shortest(v)));
    }
    row.add(text(share(s)));
    row.add(text(g.sample().stream().map(Numbers::shortest).collect(Collectors.joining(", "))));
    return row;
  }

  private static double largest(Statistics s) {
    return Math.max(Math.abs(s.min()), Math.abs(s.max()));
  }

  private static String share(Statistics s) {
    return s.count() == 0 ? "" : Math.round(100.0 * s.zeros() / s.count()) + "%";
  }

  private static DomContent flow(Trace trace) {
    List<String> head =
        List.of(
            "op",
            "layer",
            "output",
            "parameters",
            "FLOP",
            "mean",
            "deviation",
            "min",
            "max",
            "zeros",
            "gradient's norm",
            "mean",
            "deviation",
            "zeros");
    List<List<DomContent>> rows = new ArrayList<>();
    for (Vertex v : trace.vertices()) {
      List<DomContent> row = new ArrayList<>();
      row.add(text(v.name()));
      row.add(text(v.layer()));
      row.add(text(v.shape().toString()));
      row.add(text(v.parameters() == 0 ? "" : String.format(Locale.ROOT, "%,d", v.parameters())));
      row.add(text(v.flops() == 0 ? "" : Numbers.scaled(v.flops(), "")));
      Statistics a = v.activation();
      for (double value : new double[] {a.mean(), a.deviation(), a.min(), a.max()}) {
        row.add(text(Numbers.shortest(value)));
      }
      row.add(text(share(a)));
      Gradient g = trace.gradientOf(v);
      if (g == null) {
        for (int i = 0; i < 4; i++) {
          row.add(text(""));
        }
      } else {
        Statistics s = g.statistics();
        for (double value : new double[] {s.norm(), s.mean(), s.deviation()}) {
          row.add(text(Numbers.shortest(value)));
        }
        row.add(text(share(s)));
      }
      rows.add(row);
    }
    return small(Page.table(head, rows));
  }

  private static DomContent memory(Trace trace) {
    List<List<DomContent>> rows = new ArrayList<>();
    trace
        .memory()
        .byOp()
        .forEach((op, bytes) -> rows.add(List.of(text(op), text(Numbers.scaled(bytes, "B")))));
    return tag("div")
        .with(
            note(
                "At the peak the step held "
                    + Numbers.scaled(trace.memory().peakBytes(), "B")
                    + " beside the weights. What the forward pass made, by op:"),
            small(Page.table(List.of("op", "bytes"), rows)));
  }

  private static ContainerTag<?> small(ContainerTag<?> table) {
    return tag("div").withClass("small").with(table);
  }
}
