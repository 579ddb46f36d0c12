package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFileIsReplacedWholeAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("a");
    WholeFile.write(file, bytes("one"));
    WholeFile.write(file, bytes("two"));
    assertEquals("two", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  @Test
  void whatFailsInTheMiddleLeavesTheOldFileAndNamesIt() throws IOException {
    Path file = folder.resolve("a");
    WholeFile.write(file, bytes("one"));
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                WholeFile.write(
                    file,
                    out -> {
                      out.write(ByteBuffer.wrap(bytes("half")));
                      throw new IOException("No space left on device");
                    }));
    assertTrue(
        e.getMessage().startsWith(file + ": cannot be written: No space left on device"),
        e.getMessage());
    assertEquals("one", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  /** A name that somebody could guess could be made a link to what is precious. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void noLinkIsFollowedThatStandsWhereATemporaryFileMightAndNobodysFileIsTouched()
      throws IOException {
    Path precious = folder.resolve("precious");
    Files.writeString(precious, "precious");
    Files.createSymbolicLink(folder.resolve("a.tmp"), precious);
    Files.createSymbolicLink(folder.resolve(".teak-0011223344556677.tmp"), precious);
    Files.writeString(folder.resolve("b.tmp"), "a user's own");
    WholeFile.write(folder.resolve("a"), bytes("one"));
    WholeFile.write(folder.resolve("b"), bytes("two"));
    assertEquals("precious", Files.readString(precious));
    assertEquals("a user's own", Files.readString(folder.resolve("b.tmp")));
    assertTrue(Files.isSymbolicLink(folder.resolve("a.tmp")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatALinkLeadsToIsWrittenAndTheLinkStays() throws IOException {
    Files.createDirectory(folder.resolve("d"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("d", "second"));
    Files.createSymbolicLink(folder.resolve("d/second"), Path.of("file"));
    WholeFile.write(link, bytes("one")); // which leads to nothing yet
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("one", Files.readString(folder.resolve("d/file")));
    Path round = Files.createSymbolicLink(folder.resolve("round"), Path.of("round"));
    assertThrows(IOException.class, () -> WholeFile.write(round, bytes("one")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void permissionsStay() throws IOException {
    Path file = folder.resolve("a");
    WholeFile.write(file, bytes("one"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    WholeFile.write(file, bytes("two"));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void whatAKilledProcessLeftIsDeletedByTheNextWrite() throws IOException {
    Files.writeString(folder.resolve(".teak-0123456789abcdef.tmp"), "half");
    WholeFile.write(folder.resolve("a"), bytes("one"));
    assertEquals(List.of("a"), names());
  }

  @Test
  void whatIsBeingWrittenIsNotSweptAway() throws IOException {
    WholeFile.write(
        folder.resolve("a"),
        out -> {
          out.write(ByteBuffer.wrap(bytes("one")));
          WholeFile.write(folder.resolve("b"), bytes("two"));
        });
    assertEquals("one", Files.readString(folder.resolve("a")));
    assertEquals(List.of("a", "b"), names());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeIsWrittenIntoAndStaysOne() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();
    WholeFile.write(pipe, bytes("one"));
    assertEquals("one", new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertFalse(Files.isRegularFile(pipe));
  }

  @Test
  void aFolderAndAMissingFolderAreNamed() {
    IOException e = assertThrows(IOException.class, () -> WholeFile.write(folder, bytes("one")));
    assertEquals(folder + ": cannot be written: is a folder", e.getMessage());
    Path nowhere = folder.resolve("no/file");
    e = assertThrows(IOException.class, () -> WholeFile.write(nowhere, bytes("one")));
    assertEquals(
        nowhere + ": cannot be written: its folder " + folder.resolve("no") + " does not exist",
        e.getMessage());
  }
}
