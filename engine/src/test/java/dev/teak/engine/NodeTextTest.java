package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a recorded op is in text. */
class NodeTextTest {
  @Test
  void aNodeSaysItsOpItsSettingsAndItsShapes() {
    Tensor x = Tensor.ones(2, 3).requiresGrad(true);
    assertEquals("log_softmax(log=true) of [2, 3] to [2, 3]", x.logSoftmax().gradFn().toString());
    assertEquals("relu of [2, 3] to [2, 3]", x.relu().gradFn().toString());
    assertEquals("mul of [2, 3], [3] to [2, 3]", x.mul(Tensor.ones(3)).gradFn().toString());
    assertEquals("clip(low=-1.0, high=1.0) of [2, 3] to [2, 3]", x.clip(-1, 1).gradFn().toString());
  }

  @Test
  void whatAnOpHasKeptIsNoSetting() {
    Tensor x = Tensor.ones(1, 4, 4, 1).requiresGrad(true);
    String text = Functional.maxPool2d(x, 2, 2, 0).gradFn().toString();
    assertTrue(text.startsWith("max_pool2d(geometry="), text);
    assertTrue(text.endsWith(" of [1, 4, 4, 1] to [1, 2, 2, 1]"), text);
    assertTrue(!text.contains("winners"), text);
  }
}
