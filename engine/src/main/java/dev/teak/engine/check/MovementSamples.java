package dev.teak.engine.check;

import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.OpSample.Input;
import java.util.List;

/** Samples of what only moves elements. */
final class MovementSamples {
  private final Draws d;

  private MovementSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    MovementSamples s = new MovementSamples(d);
    s.movement();
    s.indexing();
    s.parts();
    s.types();
  }

  private void movement() {
    int[] dims = {d.upTo(4), d.upTo(5), d.upTo(3)};
    d.add("reshape", x -> x.get(0).reshape(-1, x.get(0).shape().dim(0)), d.values(dims));
    d.add("permute", x -> x.get(0).permute(2, 0, 1), d.values(dims));
    d.add("transpose", x -> x.get(0).transpose(0, -1), d.values(dims));
    d.add(
        "broadcast_to",
        x -> x.get(0).broadcastTo(Shape.of(2, 3, dims[1], 4)),
        d.values(dims[1], 1));
    int from = d.random.nextInt(dims[1]);
    Shape block = Shape.of(dims[0], dims[1] - from, dims[2]);
    d.add("slice", x -> x.get(0).slice(new int[] {0, from, 0}, block), d.values(dims));
    d.add("pad", x -> x.get(0).pad(new int[] {1, 0, 2}, new int[] {0, 3, 1}, 0.5), d.values(dims));
    int[] e = {dims[0], d.upTo(4), dims[2]};
    d.add(
        "concat", x -> Tensor.concat(1, List.of(x.get(0), x.get(1))), d.values(dims), d.values(e));
  }

  private void indexing() {
    int[] dims = {d.upTo(4), d.upTo(5), d.upTo(3)};
    int count = d.upTo(7);
    int[] rows = places(dims[1], count);
    d.add("gather", x -> x.get(0).indexSelect(1, Tensor.ofInts(rows, count)), d.values(dims));
    int[] own = places(dims[0], count * dims[1] * dims[2]);
    d.add(
        "gather",
        x -> x.get(0).gather(0, Tensor.ofInts(own, count, dims[1], dims[2])),
        d.values(dims));
    int[] shared = places(dims[2], count);
    d.add(
        "gather",
        x -> x.get(0).takeAlongAxis(Tensor.ofInts(shared, 1, 1, count), -1),
        d.values(dims));
    int[] some = places(dims[1], count * dims[2]);
    d.add(
        "scatter_add",
        x -> x.get(0).scatterAdd(1, Tensor.ofInts(some, 1, count, dims[2]), x.get(1)),
        d.values(dims),
        d.values(2, count, dims[2]));
  }

  private int[] places(int extent, int count) {
    return d.random.ints(count, 0, extent).toArray();
  }

  private void parts() {
    int[] dims = {d.upTo(4), 1 + d.upTo(6), d.upTo(3)};
    int step = d.upTo(3);
    d.add("slice", x -> x.get(0).slice(1, 1, Integer.MAX_VALUE, step), d.values(dims));
    d.add("slice", x -> x.get(0).slice(-2, -1, Integer.MIN_VALUE, -step), d.values(dims));
    d.add("flip", x -> x.get(0).flip(0, -1), d.values(dims));
    d.add("roll", x -> x.get(0).roll(-step, 1), d.values(dims));
    d.add("tile", x -> x.get(0).tile(2, 1, 3, 1), d.values(dims));
    d.add("expand", x -> x.get(0).expand(2, 3, -1, 4), d.values(dims[1], 1));
    d.add("split", x -> x.get(0).split(step, 1).get(0).square(), d.values(dims));
    d.add("chunk", x -> x.get(0).chunk(2, 1).get(1).square(), d.values(dims));
    d.add("flatten", x -> x.get(0).unsqueeze(2).flatten(1, -1), d.values(dims));
    d.add("squeeze", x -> x.get(0).sumKeepDims(1).squeeze(1), d.values(dims));
    d.add(
        "stack",
        x -> Tensor.stack(-1, List.of(x.get(0), x.get(1))),
        d.values(dims),
        d.values(dims));
  }

  private void types() {
    int[] dims = d.dims();
    String exempt = "none: it is constant wherever it does not jump";
    d.addExempt("cast", exempt, x -> ints(x.get(0)).toFloat(), offWhole(dims));
    d.addExempt("cast", exempt, x -> x.get(0).mul(90).to(DType.UINT8).toFloat(), offWhole(dims));
    d.addExempt(
        "arithmetic of INT32",
        exempt,
        x -> {
          Tensor a = ints(x.get(0));
          Tensor b = ints(x.get(1));
          Tensor y =
              a.mul(b).sub(a.floorDivide(7)).add(b.remainder(5)).maximum(a).minimum(b.add(9));
          return a.lt(b).where(y, a).toFloat();
        },
        offWhole(dims),
        offWhole(dims));
    d.addExempt(
        "comparison of INT32",
        exempt,
        x -> {
          Tensor a = ints(x.get(0)).remainder(3);
          Tensor b = ints(x.get(1)).remainder(3);
          return a.eq(b).add(a.le(b).mul(2)).add(a.gt(b).mul(4)).add(a.logicalAnd(b).mul(8));
        },
        offWhole(dims),
        offWhole(dims));
  }

  /** Values whose multiples by 30 and 90 are far from whole numbers, where a cast jumps. */
  private Input offWhole(int... dims) {
    return Draws.onGrid(1, d.values(dims));
  }

  private static Tensor ints(Tensor x) {
    return x.mul(30).to(DType.INT32);
  }
}
