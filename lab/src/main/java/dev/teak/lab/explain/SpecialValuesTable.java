package dev.teak.lab.explain;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.check.SpecialValues;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Collectors;

/** What elementwise ops give at zeros, infinities and NaN, as Markdown: computed, not written. */
final class SpecialValuesTable {
  private SpecialValuesTable() {}

  static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """

            ## Special values

            Value and gradient (of an incoming gradient of 1) on `java`, in float32. `SpecialValuesContract` holds every
            backend to them.

            - A gradient that chooses (`relu` and its kin, `maximum`, `minimum`, `clip`, `abs`, `where`, `max`, `pow` at an
              exponent of 0) never multiplies by 0: an incoming gradient of infinity is cut off like any other.
            - A choice is made by a comparison, which is false at NaN, so what chooses lets no gradient through there;
              `leaky_relu` and `elu` take their second branch, and the sign in the gradient of `abs` is NaN. The fused forms
              (`conv2d_relu`, `batch_norm`) do the same. PyTorch passes the gradient of `relu`, `maximum` and `minimum` on at
              NaN: a NaN in one pixel then decides the step of an attack. `sign` of NaN is NaN, as in NumPy; in PyTorch it is 0.
            - Comparisons have no gradient: their 0 stands for none.
            - `gelu`, `gelu_tanh`, `silu`, `mish` and `hardswish` take their limits at the infinities, where PyTorch gives NaN.
            - `opencl` in float32 takes subnormal numbers for zeros, for on processors a kernel that meets them takes 20
              times as long and more: its columns of +-1e-40 are those of +-0, or, where an op only picks or moves, as here.
            - `reference` and `opencl:N:float64` compute in double precision, where the largest float has a square.

            """);
    List<Float> inputs = SpecialValues.INPUTS;
    page.append("| x | ").append(joined(inputs)).append(" |\n").append(line(inputs.size()));
    Backend device = Devices.open("java");
    for (SpecialValues row : SpecialValues.all()) {
      List<double[]> of = row.run(device, inputs);
      page.append("| `").append(row.name()).append("` |");
      for (int i = 0; i < inputs.size(); i++) {
        page.append(' ').append(shown(of.get(0)[i])).append("; ");
        page.append(shown(of.get(1)[i])).append(" |");
      }
      page.append('\n');
    }
    page.append("\nPowers are C's, annex F.9.4.4 of C99: bases down, exponents across.\n\n");
    page.append("| a^b | ").append(joined(SpecialValues.POWERS)).append(" |\n");
    page.append(line(SpecialValues.POWERS.size()));
    for (float base : SpecialValues.POWERS) {
      page.append("| ").append(shown(base)).append(" |");
      for (double power : powers(device, base)) {
        page.append(' ').append(shown(power)).append(" |");
      }
      page.append('\n');
    }
    return page.toString();
  }

  private static double[] powers(Backend device, float base) {
    try (Devices.Use use = Devices.use(device);
        Scope scope = Scope.open()) {
      double[] exponents = SpecialValues.POWERS.stream().mapToDouble(Float::doubleValue).toArray();
      return Tensor.full(device, Shape.SCALAR, base)
          .pow(Tensor.of(exponents, exponents.length))
          .toDoubles();
    }
  }

  private static String joined(List<Float> numbers) {
    return numbers.stream().map(SpecialValuesTable::shown).collect(Collectors.joining(" | "));
  }

  private static String line(int columns) {
    return "|---".repeat(columns + 1) + "|\n";
  }

  /** Three digits. */
  private static String shown(double v) {
    if (Double.isNaN(v)) {
      return "NaN";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "inf" : "-inf";
    }
    if (v == 0) {
      return Double.compare(v, 0) < 0 ? "-0" : "0";
    }
    BigDecimal digits = new BigDecimal(v).round(new MathContext(3)).stripTrailingZeros();
    boolean plain = Math.abs(v) >= 1e-3 && Math.abs(v) < 1e5;
    String text = plain ? digits.toPlainString() : digits.toString();
    return text.replace("E+", "e").replace("E", "e");
  }
}
