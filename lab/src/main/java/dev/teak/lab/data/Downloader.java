package dev.teak.lab.data;

import dev.teak.lab.data.DataCatalog.RemoteFile;
import dev.teak.nn.train.Progress;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches files: into a {@code .part} file beside the target, going on where an earlier try
 * stopped, and renamed only when its checksum is right. Nothing that is there already is touched
 * before that.
 */
public final class Downloader {
  private static final int TRIES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern CONTENT_RANGE = Pattern.compile("\\s*bytes\\s+(\\d+)-.*");

  private final HttpClient http;
  private final Proxies proxies;
  private final Progress progress;
  private final Duration patience;

  /**
   * Tells {@code progress} how it goes, asks the proxies that the environment names ({@code
   * https_proxy} and its kin), and gives up on a server that is silent for a minute.
   */
  public Downloader(Progress progress) {
    this(progress, PATIENCE, new Proxies(System.getenv()));
  }

  /** Gives up on a server that sends nothing for as long as {@code patience}. */
  Downloader(Progress progress, Duration patience, Proxies proxies) {
    this.progress = progress;
    this.patience = patience;
    this.proxies = proxies;
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(20))
            .proxy(proxies)
            .build();
  }

  /**
   * Fetches a file into a folder, trying each of its places, several times where it breaks off.
   *
   * @throws IOException saying, for every place, what went wrong
   * @throws IllegalArgumentException if the environment names a proxy of a kind not supported
   */
  public Path fetch(RemoteFile file, Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path target = folder.resolve(file.name());
    Path part = folder.resolve(file.name() + ".part");
    StringBuilder failures = new StringBuilder();
    for (String url : file.urls()) {
      String via = proxies.via(URI.create(url));
      String failure = fetch(file, url, part);
      if (failure == null) {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        return target;
      }
      failures.append("; ").append(url).append(via).append(": ").append(failure);
    }
    throw new IOException(file.name() + " could not be fetched" + failures);
  }

  /** Fetches from one place; what went wrong, or null where the part is now whole and right. */
  private String fetch(RemoteFile file, String url, Path part)
      throws IOException, InterruptedException {
    boolean restarted = false;
    int breaks = 0;
    while (true) {
      try {
        boolean resumed = transfer(file, url, part);
        String found = checksum(part, file);
        if (found.equals(file.checksum())) {
          return null;
        }
        Files.delete(part);
        if (!resumed || restarted) {
          // The server has something else: asking again would not help.
          return String.format("checksum is %s, expected %s", found, file.checksum());
        }
        restarted = true; // the old part may have been what was wrong
      } catch (Misplaced e) {
        if (restarted) {
          return e.getMessage();
        }
        restarted = true;
        Files.delete(part);
      } catch (Refused e) {
        return e.getMessage();
      } catch (IOException e) {
        if (++breaks == TRIES) {
          return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
      }
    }
  }

  /** The server answered, and said no. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** The server sent a range, but not the one that continues the part. */
  private static final class Misplaced extends IOException {
    private static final long serialVersionUID = 1L;

    Misplaced(String message) {
      super(message);
    }
  }

  /** Completes the part; true where some of it had been there before. */
  private boolean transfer(RemoteFile file, String url, Path part)
      throws IOException, InterruptedException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(patience);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      int status = response.statusCode();
      if (status == 416 && have > 0) {
        return true; // nothing is left to fetch, or the part is too long: the checksum will tell
      }
      if (status != 200 && status != 206) {
        throw new Refused("the server answered with status " + status);
      }
      long from = status == 206 ? have : 0;
      if (status == 206) {
        checkRange(response.headers().firstValue("Content-Range").orElse(""), have);
      }
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      receive(file.name(), in, part, from, length < 0 ? -1 : length + from);
      return from > 0;
    }
  }

  private static void checkRange(String range, long have) throws IOException {
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (matcher.matches() && matcher.group(1).equals(Long.toString(have))) {
      return;
    }
    String message =
        "the server sent the range '" + range + "' where the bytes from " + have + " were wanted";
    throw have > 0 ? new Misplaced(message) : new Refused(message);
  }

  private void receive(String name, InputStream in, Path part, long from, long total)
      throws IOException {
    StandardOpenOption how =
        from > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    long done = from;
    try (OutputStream out =
            Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        Watchdog watchdog = new Watchdog(in, patience)) {
      byte[] buffer = new byte[1 << 16];
      progress.at(name, done, Math.max(0, total), "bytes");
      int n;
      while ((n = watchdog.read(buffer)) > 0) {
        out.write(buffer, 0, n);
        done += n;
        progress.at(name, done, Math.max(0, total), "bytes");
      }
    }
    if (total >= 0 && done < total) {
      throw new IOException("the connection broke off after " + done + " of " + total + " bytes");
    }
  }

  /** Reads a stream, and closes it from another thread when a read takes too long. */
  private static final class Watchdog implements AutoCloseable {
    private final InputStream in;
    private final Duration patience;
    private final Thread thread = new Thread(this::watch, "download watchdog");
    private volatile long lastSign = System.nanoTime();
    private volatile boolean stalled;

    Watchdog(InputStream in, Duration patience) {
      this.in = in;
      this.patience = patience;
      thread.setDaemon(true);
      thread.start();
    }

    int read(byte[] buffer) throws IOException {
      lastSign = System.nanoTime();
      int n = -1;
      IOException failure = null;
      try {
        n = in.read(buffer);
      } catch (IOException e) {
        failure = e;
      }
      if (stalled && n <= 0) {
        throw new IOException("the server sent nothing for " + patience.toMillis() / 1000.0 + " s");
      }
      if (failure != null) {
        throw failure;
      }
      lastSign = System.nanoTime();
      return n;
    }

    private void watch() {
      try {
        long left;
        while ((left = patience.toNanos() - (System.nanoTime() - lastSign)) > 0) {
          TimeUnit.NANOSECONDS.sleep(left);
        }
        stalled = true;
        in.close();
      } catch (InterruptedException | IOException e) {
        // The transfer is over, or the stream is closed already.
      }
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  /** The checksum of a file on disk, of the kind that the catalog has of it. */
  static String checksum(Path path, RemoteFile file) throws IOException {
    String algorithm = file.checksum().length() == 64 ? "SHA-256" : "MD5";
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has " + algorithm, e);
    }
  }
}
