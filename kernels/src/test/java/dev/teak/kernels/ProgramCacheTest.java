package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept comes back whole or not at all, and a bad file is made anew. */
class ProgramCacheTest {
  private static final byte[] CONTENT = {3, 1, 4, 1, 5};

  @TempDir private Path folder;

  @Test
  void theKeyHangsOnSourceOptionsAndDevice() {
    ProgramCache cache = new ProgramCache(folder, "device");
    String key = cache.key("source", "options");
    assertEquals(key, new ProgramCache(folder, "device").key("source", "options"));
    assertNotEquals(key, cache.key("source ", "options"));
    assertNotEquals(key, cache.key("sourceo", "ptions"));
    assertNotEquals(key, new ProgramCache(folder, "another").key("source", "options"));
  }

  @Test
  void onlyWholeFilesComeBack() throws IOException {
    ProgramCache cache = new ProgramCache(folder.resolve("made/when/needed"), "device");
    String key = cache.key("source", "");
    assertNull(cache.read(key));
    cache.write(key, CONTENT);
    assertArrayEquals(CONTENT, cache.read(key));
    Path file = files(folder).get(0);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertNull(cache.read(key), "cut to " + length);
    }
    for (int place = 0; place < whole.length; place++) {
      byte[] turned = whole.clone();
      turned[place] ^= 1;
      Files.write(file, turned);
      assertNull(cache.read(key), "another byte " + place);
    }
    cache.write(key, CONTENT);
    assertArrayEquals(CONTENT, cache.read(key));
  }

  @Test
  void aFolderThatCannotBeIsNoFailure() throws IOException {
    Path file = Files.write(folder.resolve("file"), CONTENT);
    ProgramCache cache = new ProgramCache(file.resolve("below"), "device");
    cache.write("key", CONTENT);
    assertNull(cache.read("key"));
  }

  @Test
  void compiledKernelsAreReadBackAndGarbageIsCompiledAgain() throws IOException {
    String name = OpenClMachine.device().name();
    assertEquals(3, sum(OpenClProvider.openWithCache(name, new ProgramCache(folder, "here"))));
    List<Path> kept = files(folder);
    assertTrue(kept.size() > 0);
    byte[] whole = Files.readAllBytes(kept.get(0));
    assertEquals(3, sum(OpenClProvider.openWithCache(name, new ProgramCache(folder, "here"))));
    for (Path file : kept) {
      Files.write(file, new byte[1000]);
    }
    assertEquals(3, sum(OpenClProvider.openWithCache(name, new ProgramCache(folder, "here"))));
    assertEquals(kept, files(folder));
    assertTrue(Files.size(kept.get(0)) > whole.length / 2, "not written anew");
  }

  private static float sum(OpenClBackend backend) {
    Buffer x = backend.allocate(DType.FLOAT32, 1);
    backend.fill(x, 1);
    backend.binary(BinaryFunction.ADD, x, 2, x);
    float[] sum = new float[1];
    backend.read(x, sum);
    backend.release(x);
    backend.device().close();
    return sum[0];
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
