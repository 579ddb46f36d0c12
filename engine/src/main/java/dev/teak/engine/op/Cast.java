package dev.teak.engine.op;

import dev.teak.engine.DType;
import dev.teak.engine.Tensor;

/** The same numbers as elements of another type. */
public final class Cast {
  static final OpInfo INFO =
      new OpInfo(
          "cast",
          "x in another type: whole numbers cut off toward 0 and kept within the type's bounds",
          "none: it is constant wherever it does not jump",
          false);

  private Cast() {}

  /** As {@link dev.teak.engine.TensorMath#to(DType)}. */
  public static Tensor apply(Tensor x, DType type) {
    if (x.dtype() == type) {
      return x;
    }
    DType floats = x.device().floatType();
    if (type.isFloat() && type != floats) {
      throw new IllegalArgumentException(
          "cast: "
              + type
              + " asked for on "
              + x.device().name()
              + ", whose floats are "
              + floats
              + "; toFloat() takes those of the device");
    }
    Tensor y = Tensor.allocate(x.device(), type, x.shape());
    x.device().cast(x.buffer(), y.buffer());
    return y;
  }

  /** x in the device's working type. */
  static Tensor toFloat(Tensor x) {
    return apply(x, x.device().floatType());
  }
}
