package dev.teak.lab.data;

import dev.teak.lab.data.DataCatalog.RemoteFile;
import dev.teak.nn.io.WriterLock;
import dev.teak.nn.train.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches files: into a {@code .part} file beside the target, going on where an earlier try
 * stopped, and renamed only when its checksum is right. Nothing that is there already is touched
 * before that. No more is taken of a server than the file has bytes, and one that sends less than
 * 10 KB a second is given up.
 */
public final class Downloader {
  private static final int TRIES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long SLOWEST = 10_000; // bytes a second
  private static final Pattern CONTENT_RANGE = Pattern.compile("\\s*bytes\\s+(\\d+)-.*");

  private final HttpClient http;
  private final Proxies proxies;
  private final Progress progress;
  private final Duration patience;

  /**
   * Tells {@code progress} how it goes, asks the proxies that the environment names ({@code
   * https_proxy} and its kin), and gives up on a server that is silent, or too slow, for a minute.
   */
  public Downloader(Progress progress) {
    this(progress, PATIENCE, new Proxies(System.getenv()));
  }

  /** Gives up on a server that sends nothing, or too little, for as long as {@code patience}. */
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
   * @throws IOException saying, for every place, what went wrong; or that another process fetches
   *     it at this time
   * @throws IllegalArgumentException if the environment names a proxy of a kind not supported
   */
  public Path fetch(RemoteFile file, Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path target = folder.resolve(file.name());
    Path part = folder.resolve(file.name() + ".part");
    StringBuilder failures = new StringBuilder();
    try (WriterLock alone = WriterLock.of(target)) {
      for (String url : file.urls()) {
        Optional<URI> uri = uri(url);
        String failure = uri.isEmpty() ? "is no URL" : fetch(file, uri.get(), part);
        if (failure == null) {
          Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
          return target;
        }
        String via = uri.map(proxies::via).orElse("");
        failures.append("; ").append(url).append(via).append(": ").append(failure);
      }
    }
    throw new IOException(file.name() + " could not be fetched" + failures);
  }

  private static Optional<URI> uri(String url) {
    try {
      URI uri = new URI(url);
      return Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
              && uri.getHost() != null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Fetches from one place; what went wrong, or null where the part is now whole and right. */
  private String fetch(RemoteFile file, URI url, Path part)
      throws IOException, InterruptedException {
    proxies.via(url); // refuses a proxy that is not supported, before anything is asked
    if (Files.exists(part) && Files.size(part) > file.bytes()) {
      Files.delete(part);
    }
    boolean restarted = false;
    int breaks = 0;
    while (true) {
      try {
        boolean resumed = transfer(file, url, part);
        String found = checksum(part);
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
      } catch (UncheckedIOException | IllegalArgumentException e) {
        return "the server's answer makes no sense: " + e.getMessage(); // as the place it moved to
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
  private boolean transfer(RemoteFile file, URI url, Path part)
      throws IOException, InterruptedException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    if (have == file.bytes()) {
      return true; // the checksum will tell
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(patience);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      int status = response.statusCode();
      if (status != 200 && status != 206) {
        throw new Refused("the server answered with status " + status);
      }
      long from = status == 206 ? have : 0;
      if (status == 206) {
        checkRange(response.headers().firstValue("Content-Range").orElse(""), have);
      }
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      if (length >= 0 && from + length != file.bytes()) {
        throw new Refused(
            "the server has " + (from + length) + " bytes of it; it has " + file.bytes());
      }
      receive(file, in, part, from);
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

  private void receive(RemoteFile file, InputStream in, Path part, long from) throws IOException {
    StandardOpenOption how =
        from > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    long done = from;
    try (OutputStream out =
            Files.newOutputStream(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS,
                how);
        Watchdog watchdog = new Watchdog(in, patience)) {
      byte[] buffer = new byte[1 << 16];
      progress.at(file.name(), done, file.bytes(), "bytes");
      int n;
      while (done < file.bytes() && (n = watchdog.read(buffer)) > 0) {
        int taken = (int) Math.min(n, file.bytes() - done);
        out.write(buffer, 0, taken);
        done += taken;
        progress.at(file.name(), done, file.bytes(), "bytes");
      }
    }
    if (done < file.bytes()) {
      throw new IOException(
          "the connection broke off after " + done + " of " + file.bytes() + " bytes");
    }
  }

  /**
   * Reads a stream, and closes it from another thread where it is too slow: less than {@link
   * #SLOWEST} on the average of a stretch of {@code patience}.
   */
  private static final class Watchdog implements AutoCloseable {
    private final InputStream in;
    private final Duration patience;
    private final Thread thread = new Thread(this::watch, "download watchdog");
    private final AtomicLong received = new AtomicLong();
    private volatile String stalled;

    Watchdog(InputStream in, Duration patience) {
      this.in = in;
      this.patience = patience;
      thread.setDaemon(true);
      thread.start();
    }

    int read(byte[] buffer) throws IOException {
      int n = -1;
      IOException failure = null;
      try {
        n = in.read(buffer);
      } catch (IOException e) {
        failure = e;
      }
      if (stalled != null && n <= 0) {
        throw new IOException(stalled);
      }
      if (failure != null) {
        throw failure;
      }
      received.addAndGet(Math.max(0, n));
      return n;
    }

    private void watch() {
      double seconds = patience.toMillis() / 1000.0;
      try {
        long came;
        do {
          TimeUnit.NANOSECONDS.sleep(patience.toNanos());
          came = received.getAndSet(0);
        } while (came >= SLOWEST * seconds);
        stalled =
            "the server sent "
                + (came == 0 ? "nothing" : came + " bytes")
                + " for "
                + seconds
                + " s";
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

  /** The SHA-256 of a file on disk. */
  static String checksum(Path path) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
