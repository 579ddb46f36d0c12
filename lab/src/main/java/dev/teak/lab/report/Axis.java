package dev.teak.lab.report;

import dev.teak.engine.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of values and the round ones among them that are written beside it.
 *
 * @param label what is measured along it
 * @param from the lower end
 * @param to the upper end, above {@code from}
 * @param ticks values with a line and a number, rising
 * @param percent whether the values are shares, written as percent
 */
public record Axis(String label, double from, double to, List<Double> ticks, boolean percent) {
  private static final int TICKS = 4;
  private static final double DUST = 1e-12;

  /** Of a pixel of 8 bits, above 0. */
  private static final int LEVELS = 255;

  /** Of shares, 0 to 100%. */
  public static Axis shares(String label) {
    return new Axis(label, 0, 1, List.of(0.0, 0.25, 0.5, 0.75, 1.0), true);
  }

  /** Wide enough for these values, with ends and ticks at 1, 2 or 5 times a power of ten. */
  public static Axis around(String label, double least, double most, boolean percent) {
    double width = most > least ? most - least : Math.max(1e-3, Math.abs(most) / 2);
    double step = roundStep(width / TICKS);
    long first = (long) Math.floor(least / step + 1e-9);
    long last = (long) Math.ceil(most / step - 1e-9);
    if (last == first) {
      last++;
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      ticks.add(i * step);
    }
    return new Axis(label, first * step, last * step, ticks, percent);
  }

  /** With a tick at each of these values, rising, and nowhere else. */
  public static Axis at(String label, List<Double> values) {
    return new Axis(label, values.get(0), values.get(values.size() - 1), values, false);
  }

  /** Wide enough for several of one kind, at least one; with the label of the first. */
  public static Axis common(List<Axis> axes) {
    Axis first = axes.get(0);
    double from = axes.stream().mapToDouble(Axis::from).min().orElseThrow();
    double to = axes.stream().mapToDouble(Axis::to).max().orElseThrow();
    return axes.stream().allMatch(first::equals)
        ? first
        : around(first.label, from, to, first.percent);
  }

  private static double roundStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    double lead = step / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /**
   * Where on the axis a value lies: 0 at its lower end, 1 at its upper; what is outside, at the
   * end.
   */
  public double place(double value) {
    return to == from ? 0.5 : Math.min(1, Math.max(0, (value - from) / (to - from)));
  }

  /** A value as it stands beside a tick. */
  public String tick(double value) {
    if (!percent) {
      return number(value);
    }
    double hundred = 100 * value;
    boolean whole = Math.abs(hundred - Math.rint(hundred)) < 1e-6;
    return Formats.decimals(hundred, whole ? 0 : 1) + "%";
  }

  /**
   * A round number, as an epsilon is, without the dust that arithmetic leaves: 0.3, and 8/255 where
   * no short decimal is as near.
   */
  public static String number(double value) {
    String decimal = Numbers.shortest(Math.abs(value) < DUST ? 0 : value);
    double levels = value * LEVELS;
    boolean isLevel = Math.abs(levels - Math.rint(levels)) < DUST && Math.rint(levels) != 0;
    return isLevel && Math.abs(Double.parseDouble(decimal) - value) > DUST
        ? Math.round(levels) + "/" + LEVELS
        : decimal;
  }

  /** A value as it stands beside a point. */
  public String value(double v) {
    return percent ? Formats.percent(v) : Numbers.shortest(v);
  }
}
