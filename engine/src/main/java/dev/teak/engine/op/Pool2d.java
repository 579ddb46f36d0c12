package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.DType;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.PoolGeometry;

/** Maximum and average pooling of {@code [N, H, W, C]} images, and their transposes. */
public final class Pool2d {
  private Pool2d() {}

  /**
   * Largest of each window; vjp: g scattered to the first winner. What won is kept as one byte an
   * output, freed after the backward pass.
   */
  public record Max(PoolGeometry geometry, Tensor winners) implements Op {
    /** x pooled to {@code [N, P, Q, C]}. */
    public static Tensor apply(PoolGeometry g, Tensor x) {
      x.requireFloat("max_pool2d");
      Tensor y = Tensor.allocate(x.device(), g.output());
      Tensor winners = Tensor.allocate(x.device(), DType.UINT8, g.output());
      x.device().maxPool2d(g, x.buffer(), y.buffer(), winners.buffer());
      return Autograd.record(new Max(g, winners), y, x);
    }

    @Override
    public String name() {
      return "max_pool2d";
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

  /** A gradient put where the winners were; vjp: the winners' places picked out of g. */
  record Scatter(PoolGeometry geometry, Tensor winners) implements Op {
    static Tensor apply(PoolGeometry g, Tensor grad, Tensor winners) {
      Tensor y = Tensor.allocate(grad.device(), g.input());
      grad.device().maxPool2dGrad(g, grad.buffer(), winners.buffer(), y.buffer());
      return Autograd.record(new Scatter(g, winners.alias()), y, grad);
    }

    @Override
    public String name() {
      return "max_pool2d_grad";
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

  /** The winners' places picked out; vjp: g put where they were. */
  record Pick(PoolGeometry geometry, Tensor winners) implements Op {
    static Tensor apply(PoolGeometry g, Tensor x, Tensor winners) {
      Tensor y = Tensor.allocate(x.device(), g.output());
      x.device().maxPool2dPick(g, x.buffer(), winners.buffer(), y.buffer());
      return Autograd.record(new Pick(g, winners.alias()), y, x);
    }

    @Override
    public String name() {
      return "max_pool2d_pick";
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

  /** Mean of each window, padding counted as zeros; vjp: g spread evenly over it. */
  public record Average(PoolGeometry geometry) implements Op {
    /** x pooled to {@code [N, P, Q, C]}. */
    public static Tensor apply(PoolGeometry g, Tensor x) {
      x.requireFloat("avg_pool2d");
      Tensor y = Tensor.allocate(x.device(), g.output());
      x.device().avgPool2d(g, x.buffer(), y.buffer());
      return Autograd.record(new Average(g), y, x);
    }

    @Override
    public String name() {
      return "avg_pool2d";
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {Spread.apply(geometry, g)};
    }
  }

  /** The transpose of {@link Average}; vjp: g averaged over each window. */
  record Spread(PoolGeometry geometry) implements Op {
    static Tensor apply(PoolGeometry g, Tensor grad) {
      Tensor y = Tensor.allocate(grad.device(), g.input());
      grad.device().avgPool2dGrad(g, grad.buffer(), y.buffer());
      return Autograd.record(new Spread(g), y, grad);
    }

    @Override
    public String name() {
      return "avg_pool2d_grad";
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {Average.apply(geometry, g)};
    }
  }
}
