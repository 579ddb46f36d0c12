package dev.teak.nn.io;

import static dev.teak.nn.io.CheckpointException.quote;

import dev.teak.nn.io.TorchObjects.Storage;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The form before PyTorch 1.6: five pickles (a magic number, a version, facts about the machine,
 * what was saved, the keys of its storages), then each storage as a count of 8 bytes and its
 * numbers.
 */
final class TorchLegacy implements TorchSource {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final Long VERSION = 1001L;

  private final FileChannel file;
  private final Object root;
  private final Map<String, Long> begins = new HashMap<>(); // of the numbers of each storage

  TorchLegacy(Path path) throws IOException {
    file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      ByteBuffer pickles = read(0, (int) Math.min(file.size(), Pickle.MOST_BYTES));
      if (!MAGIC.equals(Pickle.read(pickles).root())) {
        throw new CheckpointException("does not begin with PyTorch's magic number");
      }
      if (!VERSION.equals(Pickle.read(pickles).root())) {
        throw new CheckpointException("is of a version of the old form that is not known");
      }
      if (Pickle.read(pickles).root() instanceof Map<?, ?> facts
          && Boolean.FALSE.equals(facts.get("little_endian"))) {
        throw new UnreadableException("was written on a machine of the other byte order");
      }
      Pickle.Content saved = Pickle.read(pickles);
      root = saved.root();
      if (!(Pickle.read(pickles).root() instanceof List<?> keys)) {
        throw new CheckpointException("its keys of storages are no list");
      }
      find(keys, saved.storages(), pickles.position());
    } catch (CheckpointException | IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Object root() {
    return root;
  }

  /** Goes from storage to storage, in the order of their keys. */
  private void find(List<?> keys, Map<String, Storage> storages, long end) throws IOException {
    long at = end;
    for (Object key : keys) {
      Storage storage = key instanceof String name ? storages.get(name) : null;
      if (storage == null) {
        throw new CheckpointException("has a storage that belongs to no tensor");
      }
      if (storage.stored() == null) {
        throw new UnreadableException(
            "has a " + quote(storage.type()) + ", which Teak does not read");
      }
      long count = read(at, Long.BYTES).getLong();
      at += Long.BYTES;
      if (count != storage.count() || count > (file.size() - at) / storage.stored().bytes()) {
        throw new CheckpointException(
            String.format(
                Locale.ROOT,
                "its storage '%s' says %d numbers, %d are expected; %d bytes are left",
                quote(storage.key()),
                count,
                storage.count(),
                file.size() - at));
      }
      begins.put(storage.key(), at);
      at += count * storage.stored().bytes();
    }
  }

  @Override
  public byte[] bytes(Storage storage) throws IOException {
    Long begin = begins.get(storage.key());
    if (begin == null) {
      throw new CheckpointException("its storage '" + quote(storage.key()) + "' is not there");
    }
    long length = storage.count() * storage.stored().bytes();
    if (length > Integer.MAX_VALUE - 8) {
      throw new UnreadableException("its storage '" + quote(storage.key()) + "' is too large");
    }
    return read(begin, (int) length).array();
  }

  private ByteBuffer read(long position, int length) throws IOException {
    if (position < 0 || length > file.size() - position) {
      throw new CheckpointException("ends before its last storage");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, position + bytes.position()) < 0) {
        throw new CheckpointException("became shorter while it was read");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
