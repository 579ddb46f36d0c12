package dev.teak.nn.io;

import dev.teak.engine.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's .npz files: a zip of {@link Npy} arrays by name, compressed or not, as {@code np.savez}
 * writes and {@code np.load} reads them.
 */
public final class Npz {
  private static final String SUFFIX = ".npy";

  /** Deflate makes no more than this of a byte. */
  private static final long MOST_UNPACKED = 1032;

  /** The first day that a zip knows: the same arrays give the same bytes. */
  private static final LocalDateTime DAY = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  /**
   * Reads all arrays of a file onto the current device, by name and in their order; members that
   * are no arrays are left alone.
   *
   * @throws CheckpointException if it is not an .npz file, or a damaged one, or holds what Teak
   *     cannot hold
   */
  public static Map<String, Tensor> read(Path file) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<? extends ZipEntry> entries = Collections.list(zip.entries());
      for (ZipEntry entry : entries) {
        if (entry.getName().endsWith(SUFFIX)) {
          String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
          if (arrays.containsKey(name)) {
            throw new CheckpointException(
                "there are two arrays named '" + CheckpointException.quote(name) + "' in it");
          }
          arrays.put(name, read(zip, entry));
        }
      }
      if (arrays.isEmpty()) {
        throw new CheckpointException("there is no array in it");
      }
      return arrays;
    } catch (CheckpointException | ZipException e) {
      arrays.values().forEach(Tensor::release);
      throw new CheckpointException(
          file + ": not an .npz file, or one that cannot be read: " + e.getMessage());
    }
  }

  private static Tensor read(ZipFile zip, ZipEntry entry) throws IOException {
    CRC32 crc = new CRC32();
    if (entry.getSize() > MOST_UNPACKED * entry.getCompressedSize()) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "member %s: announces %d bytes, which cannot have been packed into %d",
              CheckpointException.quote(entry.getName()),
              entry.getSize(),
              entry.getCompressedSize()));
    }
    try (InputStream in =
        new BufferedInputStream(new CheckedInputStream(zip.getInputStream(entry), crc))) {
      Tensor t = Npy.read(in, entry.getSize());
      if (crc.getValue() != entry.getCrc()) { // which ZipFile does not look at
        t.release();
        throw new CheckpointException("its checksum is wrong");
      }
      return t;
    } catch (CheckpointException | IOException e) {
      throw new CheckpointException(
          "member " + CheckpointException.quote(entry.getName()) + ": " + e.getMessage());
    }
  }

  /** Writes a file, whole or not at all; compressed. */
  public static void write(Path file, Map<String, Tensor> arrays) throws IOException {
    WholeFile.write(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(out));
          for (Map.Entry<String, Tensor> e : arrays.entrySet()) {
            ZipEntry entry = new ZipEntry(e.getKey() + SUFFIX);
            entry.setTimeLocal(DAY);
            zip.putNextEntry(entry);
            Npy.write(zip, e.getValue());
            zip.closeEntry();
          }
          zip.finish();
          zip.flush();
        });
  }
}
