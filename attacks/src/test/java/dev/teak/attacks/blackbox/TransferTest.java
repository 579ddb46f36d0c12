package dev.teak.attacks.blackbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Victim;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferTest {
  @Test
  void imagesMadeOnTheModelItselfAreThoseOfTheAttack() {
    try (Scope scope = Scope.open()) {
      Shape image = Shape.of(4, 4, 1);
      Module model = Models.parse("mlp").build(image, 3, new RandomStream(1, "init"));
      Tensor x = new RandomStream(2, "x").uniform(Shape.of(6, 4, 4, 1));
      Tensor labels = Tensor.ofInts(model.forward(x).argMax(1).toInts(), 6);
      Pgd pgd = Pgd.linf(0.2).steps(5);
      AdversarialBatch own = pgd.perturb(model, x, labels);
      AdversarialBatch moved =
          new Transfer(pgd, List.of(Victim.of(model))).perturb(model, x, labels);
      assertArrayEquals(own.images().toFloats(), moved.images().toFloats());
      assertArrayEquals(own.success(), moved.success());
      // The queries to the source are not queries to the model.
      assertEquals(0, moved.gradients());
      assertEquals(6, moved.forwards());
    }
  }
}
