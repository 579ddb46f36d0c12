package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was tuned is remembered; what does not look like it is not taken. */
class TuningTest {
  @TempDir private Path folder;

  @Test
  void whatWasTunedIsReadBackForThatDeviceAndForm() {
    DeviceTraits traits = OpenClMachine.device().device().traits();
    ProgramCache cache = new ProgramCache(folder, "device");
    Tuning usual = Tuning.usual(traits);
    assertEquals(usual, new TuningFile(cache, traits).read());
    Tuning other =
        usual.withStep(64).withWide(TuningFile.TILES.get(0)).withItemRows(24).withItemColumns(256);
    new TuningFile(cache, traits).write(other);
    assertEquals(other, new TuningFile(cache, traits).read());
    DeviceTraits another = traits.withLanes(4);
    assertEquals(Tuning.usual(another), new TuningFile(cache, another).read());
  }

  @Test
  void numbersThatNoKernelIsMadeForAreNotTaken() {
    DeviceTraits traits = OpenClMachine.device().device().traits();
    ProgramCache cache = new ProgramCache(folder, "device");
    String key = cache.key("tuning 1", traits.options());
    for (String text :
        new String[] {"", "[1, 2]", "no numbers", "[5, 5, 3, 4, 1, 1, 1, 1, 16, 4]"}) {
      cache.write(key, text.getBytes(StandardCharsets.UTF_8));
      assertEquals(Tuning.usual(traits), new TuningFile(cache, traits).read(), text);
    }
  }

  @Test
  void everyTileThatMayBeTriedComputes() {
    OpenClDevice device = OpenClMachine.device().device();
    Tuning usual = Tuning.usual(device.traits());
    for (TileShape tile : TuningFile.TILES) {
      OpenClBackend tuned = new OpenClBackend(device, "", usual.withWide(tile).withNarrow(tile));
      assertTrue(OpenClPair.productIsRight(tuned, 37, 70, 45), tile.toString());
    }
  }
}
