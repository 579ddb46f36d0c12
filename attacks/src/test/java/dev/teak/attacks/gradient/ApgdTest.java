package dev.teak.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApgdTest {
  @Test
  void checkpointsAreThoseOfThePaper() {
    // 0, 0.22, 0.41, 0.57, 0.70, 0.80, 0.87, 0.93, 0.99 of the steps (section 3.2).
    assertEquals(List.of(22, 41, 57, 70, 80, 87, 93, 99, 100), Apgd.checkpoints(100));
    assertEquals(List.of(1, 2, 3), Apgd.checkpoints(3));
  }

  @Test
  void namesAreAutoAttacks() {
    ThreatModel threat = ThreatModel.linf(0.3);
    assertEquals("apgd-ce", Apgd.ce(threat).name());
    assertEquals("apgd-dlr", Apgd.dlr(threat).name());
    assertEquals("apgd-t", Apgd.targeted(threat).name());
  }

  @Test
  void aClassAndSeveralTargetsAtOnceAreRejected() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new Apgd(ThreatModel.linf(0.3), Goal.targeted(1), Loss.DLR, 9, 100, 1, 0.75, 0))
            .getMessage();
    assertTrue(message.contains("targeted at 1"), message);
  }
}
