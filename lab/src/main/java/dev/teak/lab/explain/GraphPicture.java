package dev.teak.lab.explain;

import static j2html.TagCreator.tag;

import dev.teak.engine.Numbers;
import dev.teak.lab.explain.Trace.Vertex;
import j2html.tags.ContainerTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A trace's graph: in Graphviz's language, and as inline SVG for the page. There the ops stand one
 * below the other in the order of running, so that it fits a phone; what goes to the next op runs
 * straight down, what skips some runs beside them in a lane of its own.
 */
final class GraphPicture {
  private static final double LETTER = 7.3; // width of a letter of the box's font
  private static final double LINE = 16;
  private static final double INSET = 8;
  private static final double GAP = 22; // between boxes
  private static final double LANE = 12; // between lines that run beside the boxes

  /** A line from one box to a later one, and the lane it takes; lane 0 is straight down. */
  private record Edge(int from, int to, int lane) {}

  private final Trace trace;
  private final List<List<String>> texts = new ArrayList<>();
  private final List<Double> tops = new ArrayList<>();
  private final List<Edge> edges = new ArrayList<>();
  private final double boxWidth;
  private final double width;
  private final double height;

  private GraphPicture(Trace trace) {
    this.trace = trace;
    double y = 1;
    int longest = 0;
    for (Vertex v : trace.vertices()) {
      List<String> lines = text(v);
      texts.add(lines);
      tops.add(y);
      y += boxHeight(lines) + GAP;
      longest = Math.max(longest, lines.stream().mapToInt(String::length).max().orElse(0));
    }
    int lanes = assignLanes();
    boxWidth = longest * LETTER + 2 * INSET;
    width = boxWidth + lanes * LANE + (lanes == 0 ? 2 : LANE);
    height = y - GAP + 1;
  }

  /** What a box says, a line each. */
  private static List<String> text(Vertex v) {
    List<String> lines = new ArrayList<>();
    lines.add(v.name() + (v.layer().isEmpty() ? "" : "  " + v.layer()));
    lines.add(v.shape().toString());
    List<String> costs = new ArrayList<>();
    if (v.parameters() > 0) {
      costs.add(Numbers.scaled(v.parameters(), "") + " parameters");
    }
    if (v.flops() > 0) {
      costs.add(Numbers.scaled(v.flops(), "FLOP"));
    }
    if (!costs.isEmpty()) {
      lines.add(String.join(", ", costs));
    }
    return lines;
  }

  private static double boxHeight(List<String> lines) {
    return lines.size() * LINE + 2 * INSET;
  }

  /** Each line that skips boxes takes the first lane that is free all the way. */
  private int assignLanes() {
    List<Integer> freeFrom = new ArrayList<>();
    for (Vertex v : trace.vertices()) { // by where they end: the short ones come first
      for (int from : v.inputs()) {
        int lane = 0;
        if (from < v.id() - 1) {
          while (lane < freeFrom.size() && freeFrom.get(lane) > from) {
            lane++;
          }
          if (lane == freeFrom.size()) {
            freeFrom.add(0);
          }
          freeFrom.set(lane, v.id());
          lane++;
        }
        edges.add(new Edge(from, v.id(), lane));
      }
    }
    return freeFrom.size();
  }

  /** The graph; each box is a link to its step of the backward pass, if it has one. */
  static ContainerTag<?> svg(Trace trace) {
    GraphPicture picture = new GraphPicture(trace);
    ContainerTag<?> svg =
        tag("svg")
            .attr("viewBox", "0 0 " + number(picture.width) + " " + number(picture.height))
            .attr("width", number(picture.width))
            .attr("height", number(picture.height))
            .attr("role", "img")
            .attr("aria-label", "the graph of the forward pass")
            .withClass("graph");
    picture.edges.forEach(e -> svg.with(picture.line(e)));
    trace.vertices().forEach(v -> svg.with(picture.box(v)));
    return svg;
  }

  private ContainerTag<?> line(Edge e) {
    double bottom = tops.get(e.from) + boxHeight(texts.get(e.from));
    double top = tops.get(e.to);
    if (e.lane == 0) {
      double x = boxWidth / 2;
      return arrow(path("M", x, bottom, "V", top), x, top, 0, 1);
    }
    double start = bottom - boxHeight(texts.get(e.from)) / 2;
    double end = top + boxHeight(texts.get(e.to)) / 2;
    double x = boxWidth + e.lane * LANE;
    return arrow(path("M", boxWidth, start, "H", x, "V", end, "H", boxWidth), boxWidth, end, -1, 0);
  }

  /** An SVG path from its letters and numbers. */
  private static String path(Object... parts) {
    return Stream.of(parts)
        .map(part -> part instanceof Double d ? number(d) : part.toString())
        .collect(Collectors.joining(" "));
  }

  /** A line with a head at (x, y) that points along (dx, dy). */
  private static ContainerTag<?> arrow(String path, double x, double y, int dx, int dy) {
    double backX = x - 7 * dx;
    double backY = y - 7 * dy;
    String head =
        path(x, y, backX - 4.0 * dy, backY - 4.0 * dx, backX + 4.0 * dy, backY + 4.0 * dx);
    return tag("g")
        .with(
            tag("path").withClass("edge").attr("d", path),
            tag("polygon").withClass("head").attr("points", head));
  }

  private ContainerTag<?> box(Vertex v) {
    List<String> lines = texts.get(v.id());
    double top = tops.get(v.id());
    ContainerTag<?> group =
        tag("g")
            .withId("v" + v.id())
            .withClass("box" + (v.parameters() > 0 ? " trains" : ""))
            .with(
                tag("rect")
                    .attr("x", "1")
                    .attr("y", number(top))
                    .attr("width", number(boxWidth - 1))
                    .attr("height", number(boxHeight(lines)))
                    .attr("rx", "5"));
    for (int i = 0; i < lines.size(); i++) {
      group.with(
          tag("text")
              .attr("x", number(INSET))
              .attr("y", number(top + INSET + (i + 0.75) * LINE))
              .withClass(i == 0 ? "name" : "")
              .withText(lines.get(i)));
    }
    for (int i = 0; i < trace.steps().size(); i++) {
      if (trace.steps().get(i).vertex() == v.id()) {
        return tag("a").attr("href", "#step-" + (i + 1)).with(group);
      }
    }
    return group;
  }

  /** The same graph for Graphviz: {@code dot -Tpdf}. */
  static String dot(String title, Trace trace) {
    StringBuilder dot = new StringBuilder("digraph \"" + quoted(title) + "\" {\n");
    dot.append("  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n");
    for (Vertex v : trace.vertices()) {
      dot.append("  v").append(v.id()).append(" [label=\"");
      dot.append(quoted(String.join("\n", text(v)))).append("\"];\n");
    }
    for (Vertex v : trace.vertices()) {
      for (int from : v.inputs()) {
        dot.append("  v").append(from).append(" -> v").append(v.id());
        dot.append(" [label=\"").append(trace.vertices().get(from).shape()).append("\"];\n");
      }
    }
    return dot.append("}\n").toString();
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double v) {
    return String.format(Locale.ROOT, "%.1f", v);
  }
}
