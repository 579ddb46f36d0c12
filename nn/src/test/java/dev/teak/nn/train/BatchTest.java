package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Tensor;
import org.junit.jupiter.api.Test;

class BatchTest {
  @Test
  void aBatchSaysItsShapes() {
    Batch batch = Batch.of(Tensor.zeros(2, 4, 5, 1), Tensor.ofInts(new int[] {0, 1}, 2));
    assertEquals("2 images [4, 5, 1] with their classes", batch.toString());
    assertEquals(
        "2 images [4, 5, 1] with targets [2, 3]", batch.targets(Tensor.zeros(2, 3)).toString());
  }
}
