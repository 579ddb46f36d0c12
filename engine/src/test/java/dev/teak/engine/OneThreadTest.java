package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class OneThreadTest {
  @Test
  void workKeptToOneThreadGivesTheSameBits() {
    try (Devices.Use java = Devices.use("java")) {
      Tensor a = new RandomStream(1, "a").uniform(Shape.of(200, 300));
      Tensor b = new RandomStream(1, "b").uniform(Shape.of(300, 250));
      float[] shared = a.matmul(b).toFloats();
      try (Devices.OneThread one = Devices.oneThread()) {
        assertArrayEquals(shared, a.matmul(b).toFloats());
      }
      assertArrayEquals(shared, a.matmul(b).toFloats());
    }
  }
}
