package dev.teak.kernels;

import dev.teak.kernels.GpuProducts.GpuTile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A {@link Tuning} in the cache of compiled kernels, where its digest guards it likewise. */
final class TuningFile {
  /** Tiles that kernels can be compiled for: none other is taken from a file. */
  static final List<TileShape> TILES =
      List.of(
          new TileShape(3, 4),
          new TileShape(4, 3),
          new TileShape(4, 4),
          new TileShape(6, 2),
          new TileShape(6, 4),
          new TileShape(8, 2),
          new TileShape(8, 3),
          new TileShape(12, 1),
          new TileShape(12, 2));

  static final List<GpuTile> GPU_TILES =
      List.of(new GpuTile(8, 4), new GpuTile(8, 8), new GpuTile(16, 4), new GpuTile(16, 8));

  private final ProgramCache cache;
  private final Tuning usual;
  private final String key;

  /** Of one form of a device: a device has several. */
  TuningFile(ProgramCache cache, DeviceTraits traits) {
    this.cache = cache;
    this.usual = Tuning.usual(traits);
    this.key = cache.key("tuning 1", traits.options());
  }

  /** What was found to suit the device, or the usual where nobody looked. */
  Tuning read() {
    byte[] content = cache.read(key);
    return content == null ? usual : parse(new String(content, StandardCharsets.UTF_8));
  }

  void write(Tuning t) {
    int[] numbers = {
      t.wide().rows(),
      t.wide().vectors(),
      t.narrow().rows(),
      t.narrow().vectors(),
      t.step(),
      t.itemRows(),
      t.itemColumns(),
      t.itemsPerUnit(),
      t.gpu().side(),
      t.gpu().per()
    };
    cache.write(key, Arrays.toString(numbers).getBytes(StandardCharsets.UTF_8));
  }

  private Tuning parse(String text) {
    int[] n;
    try {
      n =
          Arrays.stream(text.replaceAll("[\\[\\] ]", "").split(","))
              .mapToInt(Integer::parseInt)
              .toArray();
    } catch (NumberFormatException e) {
      return usual;
    }
    if (n.length != 10) {
      return usual;
    }
    TileShape wide = new TileShape(n[0], n[1]);
    TileShape narrow = new TileShape(n[2], n[3]);
    GpuTile gpu = new GpuTile(n[8], n[9]);
    boolean known = TILES.contains(wide) && TILES.contains(narrow) && GPU_TILES.contains(gpu);
    boolean sane = Arrays.stream(n).allMatch(v -> v > 0 && v <= 1 << 16);
    return known && sane ? new Tuning(wide, narrow, n[4], n[5], n[6], n[7], gpu) : usual;
  }
}
