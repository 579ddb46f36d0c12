package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The few shapes that charts are made of, as inline SVG: no script, no font of its own, all colours
 * by classes of {@link Page}'s style, so that a chart follows dark mode and prints.
 */
final class Svg {
  private Svg() {}

  /** A picture that is as wide as the page lets it be. */
  static ContainerTag<?> picture(String title, double width, double height) {
    return tag("svg")
        .attr("viewBox", "0 0 " + number(width) + " " + number(height))
        .attr("role", "group")
        .attr("aria-label", title)
        .withClass("chart");
  }

  /** A shape that says what it stands for: to a pointer that rests on it, and to a reader aloud. */
  static ContainerTag<?> named(ContainerTag<?> shape, String what) {
    return shape.attr("role", "img").with(tag("title").withText(what));
  }

  static ContainerTag<?> text(double x, double y, String anchor, String what) {
    return tag("text")
        .attr("x", number(x))
        .attr("y", number(y))
        .attr("text-anchor", anchor)
        .withText(what);
  }

  static ContainerTag<?> line(String style, double x1, double y1, double x2, double y2) {
    return tag("line")
        .withClass(style)
        .attr("x1", number(x1))
        .attr("x2", number(x2))
        .attr("y1", number(y1))
        .attr("y2", number(y2));
  }

  static ContainerTag<?> rectangle(String style, double x, double y, double width, double height) {
    return tag("rect")
        .withClass(style)
        .attr("x", number(x))
        .attr("y", number(y))
        .attr("width", number(width))
        .attr("height", number(height));
  }

  static ContainerTag<?> circle(String style, double x, double y, double radius) {
    return tag("circle")
        .withClass(style)
        .attr("cx", number(x))
        .attr("cy", number(y))
        .attr("r", number(radius));
  }

  /** A short piece of a line or a bar with a name beside it. */
  static ContainerTag<?> key(ContainerTag<?> sample, String name) {
    ContainerTag<?> drawn =
        tag("svg").withClass("key").attr("viewBox", "0 0 28 8").attr("aria-hidden", "true");
    return tag("span").with(drawn.with(sample)).withText(" " + name);
  }

  /** What a bar or a point stands for: its value, its interval where it has one, its count. */
  static String described(
      Axis axis, String name, double value, double low, double high, String of) {
    return name
        + ": "
        + axis.value(value)
        + (high > low ? " (" + axis.value(low) + " to " + axis.value(high) + ")" : "")
        + (of.isEmpty() ? "" : ", " + of);
  }

  /** A series for the legend, with what its figures are each of: PGD (3 seeds). */
  static String counted(String series, Stream<String> of) {
    String counts = of.filter(o -> !o.isEmpty()).distinct().collect(Collectors.joining(" or "));
    return counts.isEmpty() ? series : series + " (" + counts + ")";
  }

  /** A coordinate, to a tenth of a pixel. */
  static String number(double v) {
    return String.format(Locale.ROOT, "%.1f", v).replace(".0", "");
  }
}
