package dev.teak.lab.data;

import dev.teak.lab.data.DataCatalog.RemoteFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * Fetches files: into a {@code .part} file beside the target, going on where an earlier try
 * stopped, and renamed only when its checksum is right. Nothing that is there already is touched
 * before that.
 */
public final class Downloader {
  private static final int TRIES = 3;

  private final HttpClient http =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NORMAL)
          .connectTimeout(Duration.ofSeconds(20))
          .build();
  private final Progress progress;

  /** Is told how far a file has come. */
  public interface Progress {
    /** {@code total} is -1 where the server does not say. */
    void at(String file, long done, long total);
  }

  /** Tells {@code progress} how it goes. */
  public Downloader(Progress progress) {
    this.progress = progress;
  }

  /**
   * Fetches a file into a folder, trying each of its places, several times where it breaks off.
   *
   * @throws IOException saying, for every place, what went wrong
   */
  public Path fetch(RemoteFile file, Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path target = folder.resolve(file.name());
    Path part = folder.resolve(file.name() + ".part");
    StringBuilder failures = new StringBuilder();
    for (String url : file.urls()) {
      for (int attempt = 1; attempt <= TRIES; attempt++) {
        try {
          transfer(file, url, part);
          String found = md5(part);
          if (found.equals(file.md5())) {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return target;
          }
          Files.delete(part);
          failures.append(
              String.format("; %s: checksum is %s, expected %s", url, found, file.md5()));
          break; // the server has something else: asking again would not help
        } catch (Refused e) {
          failures.append("; ").append(url).append(": ").append(e.getMessage());
          break;
        } catch (IOException e) {
          if (attempt == TRIES) {
            failures.append("; ").append(url).append(": ").append(describe(e));
          }
        }
      }
    }
    throw new IOException(file.name() + " could not be fetched" + failures);
  }

  private static String describe(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** The server answered, and said no. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(int status) {
      super("the server answered with status " + status);
    }
  }

  private void transfer(RemoteFile file, String url, Path part)
      throws IOException, InterruptedException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      int status = response.statusCode();
      if (status == 416) {
        return; // nothing is left to fetch, or the part is too long: the checksum will tell
      }
      if (status != 200 && status != 206) {
        throw new Refused(status);
      }
      boolean resumed = status == 206 && have > 0;
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      long total = length < 0 ? -1 : length + (resumed ? have : 0);
      receive(file.name(), in, part, resumed ? have : 0, total);
    }
  }

  private void receive(String name, InputStream in, Path part, long from, long total)
      throws IOException {
    StandardOpenOption how =
        from > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
      byte[] buffer = new byte[1 << 16];
      long done = from;
      progress.at(name, done, total);
      int n;
      while ((n = in.read(buffer)) > 0) {
        out.write(buffer, 0, n);
        done += n;
        progress.at(name, done, total);
      }
      if (total >= 0 && done < total) {
        throw new IOException("the connection broke off after " + done + " of " + total + " bytes");
      }
    }
  }

  /** The MD5 of a file, in hexadecimal. */
  public static String md5(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has MD5", e);
    }
  }
}
