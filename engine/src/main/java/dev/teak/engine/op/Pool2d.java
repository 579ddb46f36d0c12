package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.PoolGeometry;

/** Maximum and average pooling of {@code [N, H, W, C]} images, and their transposes. */
public final class Pool2d {
  private Pool2d() {}

  private static void requireWinners(
      String op, PoolGeometry g, Tensor t, Shape expected, Tensor winners) {
    t.requireFloat(op);
    t.requireSameDevice(op, winners);
    Conv2d.requireShape(op, "input", t, expected);
    Conv2d.requireShape(op, "winners", winners, g.output());
    if (winners.dtype() != DType.UINT8) {
      throw new ShapeException(
          op + ": winners " + winners.shape() + " hold " + winners.dtype() + "; expects UINT8");
    }
  }

  /**
   * Largest of each window. What won is kept as one byte an output, freed after the backward pass.
   */
  public record Max(PoolGeometry geometry, Tensor winners) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "max_pool2d", "the largest of each window of x", "g scattered to the first winner");

    /** x pooled to {@code [N, P, Q, C]}. */
    public static Tensor apply(PoolGeometry g, Tensor x) {
      x.requireFloat("max_pool2d");
      Conv2d.requireShape("max_pool2d", "input", x, g.input());
      if (g.places() > PoolGeometry.MOST_PLACES) {
        return WindowMax.apply(g, x);
      }
      Tensor y = Tensor.allocate(x.device(), g.output());
      Tensor winners = Tensor.allocate(x.device(), DType.UINT8, g.output());
      x.device().maxPool2d(g, x.buffer(), y.buffer(), winners.buffer());
      return Autograd.record(new Max(g, winners), y, x);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return (long) output.shape().size() * geometry.places();
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {Scatter.apply(geometry, g, winners)};
    }

    @Override
    public void free() {
      winners.release();
    }
  }

  /** A gradient put where the winners were. */
  public record Scatter(PoolGeometry geometry, Tensor winners) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "max_pool2d_grad",
            "a gradient put where the winners of a max_pool2d were",
            "the winners' places picked out of g");

    /** The gradient {@code [N, P, Q, C]} put where {@code winners} (UINT8) say. */
    public static Tensor apply(PoolGeometry g, Tensor grad, Tensor winners) {
      requireWinners("max_pool2d_grad", g, grad, g.output(), winners);
      Tensor y = Tensor.allocate(grad.device(), g.input());
      grad.device().maxPool2dGrad(g, grad.buffer(), winners.buffer(), y.buffer());
      return Autograd.record(new Scatter(g, winners.alias()), y, grad);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {Pick.apply(geometry, g, winners)};
    }

    @Override
    public void free() {
      winners.release();
    }
  }

  /** The winners' places picked out. */
  public record Pick(PoolGeometry geometry, Tensor winners) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "max_pool2d_pick",
            "the winners' places of a max_pool2d picked out of x",
            "g put where they were");

    /** Of x {@code [N, H, W, C]}, what {@code winners} (UINT8) say. */
    public static Tensor apply(PoolGeometry g, Tensor x, Tensor winners) {
      requireWinners("max_pool2d_pick", g, x, g.input(), winners);
      Tensor y = Tensor.allocate(x.device(), g.output());
      x.device().maxPool2dPick(g, x.buffer(), winners.buffer(), y.buffer());
      return Autograd.record(new Pick(g, winners.alias()), y, x);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return 0;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {Scatter.apply(geometry, g, winners)};
    }

    @Override
    public void free() {
      winners.release();
    }
  }

  /** Mean of each window, padding counted as zeros. */
  public record Average(PoolGeometry geometry) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "avg_pool2d",
            "the mean of each window of x, padding counted as zeros",
            "g spread evenly over its window");

    /** x pooled to {@code [N, P, Q, C]}. */
    public static Tensor apply(PoolGeometry g, Tensor x) {
      x.requireFloat("avg_pool2d");
      Conv2d.requireShape("avg_pool2d", "input", x, g.input());
      Tensor y = Tensor.allocate(x.device(), g.output());
      x.device().avgPool2d(g, x.buffer(), y.buffer());
      return Autograd.record(new Average(g), y, x);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return (long) output.shape().size() * geometry.places();
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {Spread.apply(geometry, g)};
    }
  }

  /** The transpose of {@link Average}. */
  public record Spread(PoolGeometry geometry) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "avg_pool2d_grad",
            "a gradient spread evenly over the windows of an avg_pool2d",
            "g averaged over each window");

    /** The gradient {@code [N, P, Q, C]} spread over {@code [N, H, W, C]}. */
    public static Tensor apply(PoolGeometry g, Tensor grad) {
      grad.requireFloat("avg_pool2d_grad");
      Conv2d.requireShape("avg_pool2d_grad", "gradient", grad, g.output());
      Tensor y = Tensor.allocate(grad.device(), g.input());
      grad.device().avgPool2dGrad(g, grad.buffer(), y.buffer());
      return Autograd.record(new Spread(g), y, grad);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {Average.apply(geometry, g)};
    }
  }
}
