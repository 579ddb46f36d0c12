package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What PoCL kept is used again only as it was when a process ended in good order. */
class PoclCacheTest {
  @TempDir private Path folder;

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void filesAsTheyWereStay() throws IOException {
    Path program = file("AB/CD/program.bc", "bytes");
    Path kernel = file("AB/CD/f/1-1-1/f.so", "code");
    new PoclCache(folder).list();
    new PoclCache(folder).sweep();
    assertTrue(Files.exists(program) && Files.exists(kernel));
  }

  @Test
  void aTornFileGoesWithItsProgramAndNoOther() throws IOException {
    Path torn = file("AB/CD/f/1-1-1/f.so", "code");
    Path beside = file("AB/CD/program.bc", "bytes");
    Path other = file("AB/EF/program.bc", "bytes");
    new PoclCache(folder).list();
    Files.writeString(torn, "cod");
    new PoclCache(folder).sweep();
    assertFalse(Files.exists(torn) || Files.exists(beside));
    assertTrue(Files.exists(other));
  }

  @Test
  void whatNobodyListedGoes() throws IOException {
    Path known = file("AB/CD/program.bc", "bytes");
    new PoclCache(folder).list();
    Path late = file("XY/Z/program.bc", "bytes");
    Path temporary = file("tempfile_1.c", "half");
    new PoclCache(folder).sweep();
    assertFalse(Files.exists(late) || Files.exists(temporary));
    assertTrue(Files.exists(known));
  }

  @Test
  void aListOfGarbageKnowsNothing() throws IOException {
    Path known = file("AB/CD/program.bc", "bytes");
    Files.write(folder.resolve("files.txt"), new byte[] {0, -1, 10, 13, 77});
    new PoclCache(folder).sweep();
    assertFalse(Files.exists(known));
  }

  @Test
  void poclsFolderIsWhereTheEnvironmentSays() {
    assertEquals(Path.of("/a"), PoclCache.folder(Map.of("POCL_CACHE_DIR", "/a", "HOME", "/h")));
    assertEquals(
        Path.of("/x/pocl/kcache"), PoclCache.folder(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h")));
    assertEquals(Path.of("/h/.cache/pocl/kcache"), PoclCache.folder(Map.of("HOME", "/h")));
  }
}
