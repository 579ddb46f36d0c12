package dev.teak.engine.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.DType;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvContract;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolContract;
import dev.teak.engine.backend.PoolGeometry;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Every gradient of the reference is the transpose of its forward: for a linear map A, (A x) . g =
 * x . (A' g) for all x and g. Values are small whole numbers, so that both sides are exact.
 */
class ReferenceTransposeTest {
  private final ReferenceBackend b = new ReferenceBackend();

  private Buffer whole(Random random, int size) {
    double[] v = new double[size];
    for (int i = 0; i < size; i++) {
      v[i] = random.nextInt(17) - 8;
    }
    Buffer x = b.allocate(DType.FLOAT64, size);
    b.write(x, v);
    return x;
  }

  private Buffer out(int size) {
    return b.allocate(DType.FLOAT64, size);
  }

  private double dot(Buffer x, Buffer y) {
    double[] u = new double[x.size()];
    double[] v = new double[y.size()];
    b.read(x, u);
    b.read(y, v);
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      sum += u[i] * v[i];
    }
    return sum;
  }

  @Property(tries = 150)
  void gradientsOfConvolutionAreItsTransposes(
      @ForAll(supplier = ConvContract.Convolutions.class) ConvGeometry g, @ForAll Random random) {
    Buffer x = whole(random, g.input().size());
    Buffer w = whole(random, g.weight().size());
    Buffer grad = whole(random, g.output().size());
    Buffer y = out(g.output().size());
    Buffer dx = out(g.input().size());
    Buffer dw = out(g.weight().size());
    b.conv2d(g, x, w, null, y);
    b.conv2dInputGrad(g, grad, w, dx);
    b.conv2dWeightGrad(g, x, grad, dw);
    assertEquals(dot(y, grad), dot(x, dx));
    assertEquals(dot(y, grad), dot(w, dw));
  }

  @Property(tries = 150)
  void gradientsOfPoolingsAreTheirTransposes(
      @ForAll(supplier = PoolContract.Poolings.class) PoolGeometry g, @ForAll Random random) {
    Buffer x = whole(random, g.input().size());
    Buffer grad = whole(random, g.output().size());
    Buffer y = out(g.output().size());
    Buffer picked = out(g.output().size());
    Buffer winners = b.allocate(DType.UINT8, g.output().size());
    Buffer dx = out(g.input().size());
    b.maxPool2d(g, x, y, winners);
    b.maxPool2dPick(g, x, winners, picked);
    assertEquals(dot(y, y), dot(picked, y));
    b.maxPool2dGrad(g, grad, winners, dx);
    assertEquals(dot(y, grad), dot(x, dx));

    b.avgPool2d(g, x, y);
    b.avgPool2dGrad(g, grad, dx);
    double area = g.places(); // dividing by 9 or 49 rounds
    double rounding = 0x1p-53 * area * 64 * (g.output().size() + 1) * 2;
    assertEquals(dot(y, grad), dot(x, dx), rounding);
  }
}
