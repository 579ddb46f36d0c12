package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PickleProperties {
  /** Whatever the bytes are: a value or a refusal, never another error. */
  @Property
  void noPickleBringsDownTheReader(@ForAll byte[] noise) {
    try {
      Pickle.read(ByteBuffer.wrap(noise));
    } catch (CheckpointException refused) {
      assertNull(refused.getCause());
    }
  }
}
