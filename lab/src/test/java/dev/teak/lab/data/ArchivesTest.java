package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivesTest {
  @TempDir private Path folder;

  private Path archive(String... names) throws IOException {
    Path archive = folder.resolve("some.tar.gz");
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
      for (String name : names) {
        byte[] content = name.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return archive;
  }

  @Test
  void filesAreUnpackedIntoTheirFolders() throws IOException {
    Path inside = folder.resolve("inside");
    Archives.untar(archive("a.bin", "deep/er/b.bin"), inside);
    assertEquals("a.bin", Files.readString(inside.resolve("a.bin")));
    assertEquals("deep/er/b.bin", Files.readString(inside.resolve("deep/er/b.bin")));
  }

  @Test
  void anEntryThatPointsOutOfTheFolderIsRefused() throws IOException {
    Path inside = folder.resolve("inside");
    for (String name : new String[] {"../evil", "deep/../../evil", "../inside-too/evil"}) {
      Path archive = archive(name);
      assertRefused(() -> Archives.untar(archive, inside), archive, name);
      assertFalse(Files.exists(folder.resolve("evil")));
      assertFalse(Files.exists(folder.resolve("inside-too")));
    }
  }

  @Test
  void anAbsoluteEntryIsRefused() throws IOException {
    Path outside = folder.resolve("outside").toAbsolutePath();
    Path archive = archive(outside.toString());
    assertRefused(() -> Archives.untar(archive, folder.resolve("inside")), archive, outside);
    assertFalse(Files.exists(outside));
  }
}
