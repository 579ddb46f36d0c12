package dev.teak.attacks.minimum;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a function of numbers that each stay within a range, by limited-memory BFGS on those
 * that are free to move and a search backwards along the projected direction (Nocedal and Wright,
 * "Numerical optimization", algorithms 7.4 and 3.1; projected as in Bertsekas 1982). It asks for
 * the function where it wants to know it, so that many can be minimised in step.
 */
final class BoxLbfgs {
  private static final int MEMORY = 10;
  private static final double SUFFICIENT = 1e-4;
  private static final int BACKTRACKS = 20;

  /** A step s and the change y of the gradient along it. */
  private record Pair(double[] s, double[] y, double sy) {}

  private final double low;
  private final double high;
  private final Deque<Pair> memory = new ArrayDeque<>();
  private double[] x;
  private double[] gradient;
  private double value;
  private double[] direction;
  private double[] trial;
  private double length;
  private int backtracks;
  private boolean done;

  BoxLbfgs(double[] start, double low, double high) {
    this.trial = start.clone();
    this.low = low;
    this.high = high;
  }

  /** Whether it has found a minimum, or no way further down. */
  boolean isDone() {
    return done;
  }

  /** Where it wants to know the function next. */
  double[] ask() {
    return trial;
  }

  /** The function's value and gradient at {@link #ask}. */
  void tell(double f, double... slope) {
    if (x == null) {
      accept(f, slope);
      return;
    }
    double promised = 0;
    for (int i = 0; i < x.length; i++) {
      promised += gradient[i] * (trial[i] - x[i]);
    }
    if (f <= value + SUFFICIENT * promised && promised < 0) {
      remember(slope);
      accept(f, slope);
    } else if (++backtracks < BACKTRACKS) {
      length /= 2;
      trial = along();
    } else if (memory.isEmpty()) {
      done = true;
    } else {
      memory.clear(); // the model of the curvature was wrong: down the slope once
      turn();
    }
  }

  private void remember(double... slope) {
    double[] s = new double[x.length];
    double[] y = new double[x.length];
    for (int i = 0; i < s.length; i++) {
      s[i] = trial[i] - x[i];
      y[i] = slope[i] - gradient[i];
    }
    double sy = dot(s, y);
    if (sy > 1e-10 * dot(y, y)) {
      memory.addLast(new Pair(s, y, sy));
      if (memory.size() > MEMORY) {
        memory.removeFirst();
      }
    }
  }

  private void accept(double f, double... slope) {
    x = trial;
    value = f;
    gradient = slope.clone();
    turn();
  }

  /** Chooses a direction and asks at its end. */
  private void turn() {
    double[] free = gradient.clone();
    for (int i = 0; i < x.length; i++) {
      boolean stuck = (x[i] <= low && free[i] > 0) || (x[i] >= high && free[i] < 0);
      free[i] = stuck ? 0 : free[i];
    }
    double size = Math.sqrt(dot(free, free));
    if (!(size > 1e-9)) {
      done = true;
      trial = x;
      return;
    }
    direction = downhill(free);
    // Without a memory nothing tells the scale: begin with a step of a tenth.
    length = memory.isEmpty() ? Math.min(1, 0.1 * (high - low) / size) : 1;
    backtracks = 0;
    trial = along();
  }

  /** Minus the inverse Hessian times the gradient, by the two loops over the memory. */
  private double[] downhill(double... free) {
    double[] q = free.clone();
    double[] a = new double[memory.size()];
    int k = memory.size();
    for (Iterator<Pair> newest = memory.descendingIterator(); newest.hasNext(); ) {
      Pair p = newest.next();
      a[--k] = dot(p.s, q) / p.sy;
      addTo(q, -a[k], p.y);
    }
    if (!memory.isEmpty()) {
      Pair last = memory.getLast();
      scale(q, last.sy / dot(last.y, last.y));
    }
    for (Pair p : memory) {
      addTo(q, a[k++] - dot(p.y, q) / p.sy, p.s);
    }
    for (int i = 0; i < q.length; i++) {
      q[i] = free[i] == 0 ? 0 : -q[i];
    }
    if (dot(q, free) >= 0) {
      memory.clear();
      Arrays.setAll(q, i -> -free[i]);
    }
    return q;
  }

  private double[] along() {
    double[] to = new double[x.length];
    Arrays.setAll(to, i -> Math.min(high, Math.max(low, x[i] + length * direction[i])));
    return to;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void addTo(double[] to, double factor, double[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * from[i];
    }
  }

  private static void scale(double[] x, double factor) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
  }
}
