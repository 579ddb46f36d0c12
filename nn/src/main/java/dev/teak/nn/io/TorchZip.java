package dev.teak.nn.io;

import static dev.teak.nn.io.CheckpointException.quote;

import dev.teak.nn.io.TorchObjects.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The form since PyTorch 1.6: a zip whose records are not compressed, {@code ROOT/data.pkl} and
 * {@code ROOT/data/KEY} for each storage. Nothing is unpacked, so names of records lead nowhere.
 */
final class TorchZip implements TorchSource {
  private static final String PICKLE = "/data.pkl";

  private final ZipFile zip;
  private final String folder;
  private final Object root;

  TorchZip(Path file) throws IOException {
    zip = new ZipFile(file.toFile());
    try {
      folder = folder(zip);
      if (zip.getEntry(folder + "/constants.pkl") != null) {
        throw new UnreadableException(
            "is a TorchScript archive; save model.state_dict() in place of the model");
      }
      ZipEntry order = zip.getEntry(folder + "/byteorder");
      if (order != null && !new String(read(order, 6), StandardCharsets.UTF_8).equals("little")) {
        throw new UnreadableException("was written on a machine of the other byte order");
      }
      root =
          Pickle.read(ByteBuffer.wrap(read(zip.getEntry(folder + PICKLE), Pickle.MOST_BYTES)))
              .root();
    } catch (CheckpointException | IOException e) {
      zip.close();
      throw e;
    }
  }

  private static String folder(ZipFile zip) {
    List<String> found =
        zip.stream().map(ZipEntry::getName).filter(name -> name.endsWith(PICKLE)).toList();
    if (found.size() != 1) {
      throw new CheckpointException(
          "has " + found.size() + " records data.pkl, where one is expected");
    }
    return found.get(0).substring(0, found.get(0).length() - PICKLE.length());
  }

  @Override
  public Object root() {
    return root;
  }

  @Override
  public byte[] bytes(Storage storage) throws IOException {
    ZipEntry entry = zip.getEntry(folder + "/data/" + storage.key());
    if (entry == null) {
      throw new CheckpointException("its storage '" + quote(storage.key()) + "' is not there");
    }
    int width = storage.stored().bytes();
    if (entry.getSize() % width != 0 || entry.getSize() / width != storage.count()) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "its storage '%s' has %d bytes; %d numbers of %d bytes are expected",
              quote(storage.key()),
              entry.getSize(),
              storage.count(),
              width));
    }
    return read(entry, Integer.MAX_VALUE - 8);
  }

  /** A record, of which PyTorch compresses none: it cannot be larger than the file. */
  private byte[] read(ZipEntry entry, int most) throws IOException {
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
      throw new CheckpointException(
          "its record '" + quote(entry.getName()) + "' is compressed; PyTorch compresses none");
    }
    if (entry.getSize() > most) {
      throw new UnreadableException(
          "its record '" + quote(entry.getName()) + "' is larger than " + most + " bytes");
    }
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
      byte[] bytes = in.readNBytes((int) entry.getSize());
      if (bytes.length != entry.getSize() || crc.getValue() != entry.getCrc()) {
        throw new CheckpointException(
            "the checksum of its record '" + quote(entry.getName()) + "' is wrong");
      }
      return bytes;
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
