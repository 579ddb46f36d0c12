package dev.teak.nn.io;

import dev.teak.nn.io.TorchObjects.Storage;
import java.io.Closeable;
import java.io.IOException;

/** A file of {@code torch.save}, in one of the two forms that there have been. */
interface TorchSource extends Closeable {
  /** What was saved, as the tree of {@link Pickle}. */
  Object root();

  /**
   * The bytes of a storage: as many as its count says.
   *
   * @throws CheckpointException if the file has others
   */
  byte[] bytes(Storage storage) throws IOException;
}
