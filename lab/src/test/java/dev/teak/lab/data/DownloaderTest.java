package dev.teak.lab.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.teak.lab.data.DataCatalog.RemoteFile;
import dev.teak.nn.io.WriterLock;
import dev.teak.nn.train.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class DownloaderTest {
  private static final int LENGTH = 300_000;
  private static final int HALF = LENGTH / 2;
  private static final byte[] CONTENT = content();
  private static final String RIGHT = checksum("SHA-256", CONTENT);

  @TempDir private Path folder;
  private HttpServer server;
  private ExecutorService threads;

  /** What the proxies are taken from. */
  private final Map<String, String> environment = new HashMap<>();

  /** Range headers of all requests in order, "-" where there was none. */
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());

  /** Open once the client has the first half, and once the test is over. */
  private final CountDownLatch halfway = new CountDownLatch(1);

  private final CountDownLatch over = new CountDownLatch(1);

  private static byte[] content() {
    byte[] bytes = new byte[LENGTH];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static String checksum(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  /** Answers the n-th request, from 1. */
  private interface Answer {
    void to(HttpExchange exchange, int request) throws IOException, InterruptedException;
  }

  private String serve(String path, Answer answer) {
    AtomicInteger requests = new AtomicInteger();
    server.createContext(
        path,
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          ranges.add(range == null ? "-" : range);
          try (exchange) {
            answer.to(exchange, requests.incrementAndGet());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    InetSocketAddress address = server.getAddress();
    return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + path;
  }

  private static void whole(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, LENGTH);
    exchange.getResponseBody().write(CONTENT);
  }

  /** As a server does that knows ranges. */
  private static void ranged(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      whole(exchange);
      return;
    }
    int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    if (from >= LENGTH) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    partial(exchange, from);
  }

  private static void partial(HttpExchange exchange, int from) throws IOException {
    String range = "bytes " + from + "-" + (LENGTH - 1) + "/" + LENGTH;
    exchange.getResponseHeaders().add("Content-Range", range);
    exchange.sendResponseHeaders(206, LENGTH - from);
    exchange.getResponseBody().write(CONTENT, from, LENGTH - from);
  }

  /** Sends the first half, sees it arrive, and leaves it at that. */
  private void half(HttpExchange exchange, CountDownLatch until)
      throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, LENGTH);
    exchange.getResponseBody().write(CONTENT, 0, HALF);
    exchange.getResponseBody().flush();
    until.await(10, TimeUnit.SECONDS);
  }

  private Path fetch(String checksum, String... urls) throws IOException, InterruptedException {
    Progress progress =
        (file, done, total, detail) -> {
          assertEquals("some.bin", file);
          assertEquals(LENGTH, total);
          if (done >= HALF) {
            halfway.countDown();
          }
        };
    return new Downloader(progress, Duration.ofMillis(400), new Proxies(environment))
        .fetch(new RemoteFile(List.of(urls), "some.bin", LENGTH, checksum), folder);
  }

  private void assertFetched(String... urls) throws IOException, InterruptedException {
    Path file = fetch(RIGHT, urls);
    assertEquals(folder.resolve("some.bin"), file);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(List.of("some.bin"), files());
  }

  private String failure(String checksum, String... urls) {
    return assertThrows(IOException.class, () -> fetch(checksum, urls)).getMessage();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private void part(byte[] bytes) throws IOException {
    Files.write(folder.resolve("some.bin.part"), bytes);
  }

  private static void assertContains(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no '" + part + "' in: " + message);
    }
  }

  @Test
  void aWholeFileIsFetchedAndOnlyItIsLeft() throws Exception {
    assertFetched(serve("/file", (exchange, n) -> whole(exchange)));
    assertEquals(List.of("-"), ranges);
  }

  @Test
  void aPartIsResumedWhereItStops() throws Exception {
    part(Arrays.copyOf(CONTENT, 1000));
    assertFetched(serve("/file", (exchange, n) -> ranged(exchange)));
    assertEquals(List.of("bytes=1000-"), ranges);
  }

  @Test
  void aServerThatIgnoresRangesSendsAllAndThatIsTaken() throws Exception {
    part(Arrays.copyOf(CONTENT, 1000));
    assertFetched(serve("/file", (exchange, n) -> whole(exchange)));
    assertEquals(List.of("bytes=1000-"), ranges);
  }

  @Test
  void aServerThatSendsAnotherRangeIsAskedForTheWholeFile() throws Exception {
    part(Arrays.copyOf(CONTENT, 1000));
    assertFetched(
        serve(
            "/file",
            (exchange, n) -> {
              if (n == 1) {
                partial(exchange, 2000);
              } else {
                whole(exchange);
              }
            }));
    assertEquals(List.of("bytes=1000-", "-"), ranges);
  }

  @Test
  void aRangeThatNobodyAskedForIsRefused() throws Exception {
    String url = serve("/file", (exchange, n) -> partial(exchange, 2000));
    assertContains(failure(RIGHT, url), url, "bytes 2000-", "from 0");
    assertEquals(List.of(), files());
  }

  @Test
  void aPartThatIsCompleteAlreadyIsTaken() throws Exception {
    part(CONTENT);
    assertFetched(serve("/file", (exchange, n) -> ranged(exchange)));
    assertEquals(List.of(), ranges);
  }

  @Test
  void aPartThatIsTooLongIsFetchedAnew() throws Exception {
    part(Arrays.copyOf(CONTENT, LENGTH + 10));
    assertFetched(serve("/file", (exchange, n) -> ranged(exchange)));
    assertEquals(List.of("-"), ranges);
  }

  @Test
  void status416WithoutAPartIsARefusal() throws Exception {
    String url = serve("/file", (exchange, n) -> exchange.sendResponseHeaders(416, -1));
    assertContains(failure(RIGHT, url), "some.bin", url, "status 416");
    assertEquals(List.of("-"), ranges);
    assertEquals(List.of(), files());
  }

  @Test
  void aStalePartIsFetchedAnewFromTheSamePlace() throws Exception {
    part(new byte[1000]);
    assertFetched(serve("/file", (exchange, n) -> ranged(exchange)));
    assertEquals(List.of("bytes=1000-", "-"), ranges);
  }

  @Test
  void aWrongChecksumLeavesNothingAndNamesBothSums() throws Exception {
    String url = serve("/file", (exchange, n) -> whole(exchange));
    String wanted = "ab".repeat(32);
    assertContains(failure(wanted, url), "some.bin", url, RIGHT, wanted);
    assertEquals(List.of(), files());
    assertEquals(1, ranges.size());
  }

  @Test
  void aWrongChecksumLeavesTheOldFileAlone() throws Exception {
    Files.writeString(folder.resolve("some.bin"), "old");
    failure("ab".repeat(32), serve("/file", (exchange, n) -> whole(exchange)));
    assertEquals("old", Files.readString(folder.resolve("some.bin")));
    assertEquals(List.of("some.bin"), files());
  }

  @Test
  void aStalePartAndAWrongFileAreTwoRequestsAndNoMore() throws Exception {
    part(new byte[1000]);
    String wanted = "ab".repeat(32);
    String url = serve("/file", (exchange, n) -> ranged(exchange));
    assertContains(failure(wanted, url), RIGHT, wanted);
    assertEquals(List.of("bytes=1000-", "-"), ranges);
    assertEquals(List.of(), files());
  }

  @Test
  void afterA404TheMirrorIsTried() throws Exception {
    String gone = serve("/gone", (exchange, n) -> exchange.sendResponseHeaders(404, -1));
    assertFetched(gone, serve("/file", (exchange, n) -> whole(exchange)));
    assertEquals(2, ranges.size());
  }

  @Test
  void aFileThatIsNowhereNamesEveryPlace() throws Exception {
    String a = serve("/a", (exchange, n) -> exchange.sendResponseHeaders(404, -1));
    String b = serve("/b", (exchange, n) -> exchange.sendResponseHeaders(403, -1));
    assertContains(failure(RIGHT, a, b), a, "status 404", b, "status 403");
  }

  @Test
  void aConnectionCutInTheMiddleIsResumed() throws Exception {
    assertFetched(
        serve(
            "/file",
            (exchange, n) -> {
              if (n == 1) {
                half(exchange, halfway);
              } else {
                ranged(exchange);
              }
            }));
    assertEquals(List.of("-", "bytes=" + HALF + "-"), ranges);
  }

  @Test
  void aBodyThatStallsIsGivenUpAndResumed() throws Exception {
    assertFetched(
        serve(
            "/file",
            (exchange, n) -> {
              if (n == 1) {
                half(exchange, over);
              } else {
                ranged(exchange);
              }
            }));
    assertEquals(List.of("-", "bytes=" + HALF + "-"), ranges);
  }

  @Test
  void aServerThatAlwaysStallsFailsButItsPartIsKept() throws Exception {
    String url = serve("/file", (exchange, n) -> half(exchange, over));
    assertContains(failure(RIGHT, url), url, "sent nothing for 0.4 s");
    assertEquals(3, ranges.size());
    assertEquals(List.of("some.bin.part"), files());
    assertFalse(Files.exists(folder.resolve("some.bin")));
    assertEquals(HALF, Files.size(folder.resolve("some.bin.part")));
  }

  /** More than enough each time that somebody looks whether anything came, and yet no file. */
  @Test
  void aServerThatDripsIsGivenUp() throws Exception {
    String slow =
        serve(
            "/file",
            (exchange, n) -> {
              exchange.sendResponseHeaders(200, LENGTH);
              for (int i = 0; i < 100 && !over.await(50, TimeUnit.MILLISECONDS); i++) {
                exchange.getResponseBody().write(CONTENT, i, 1);
                exchange.getResponseBody().flush();
              }
            });
    assertContains(failure(RIGHT, slow), " bytes for 0.4 s");
  }

  @Test
  void aBodyWithoutAnEndIsCutAtTheSizeThatIsKnown() throws Exception {
    String endless =
        serve(
            "/file",
            (exchange, n) -> {
              exchange.sendResponseHeaders(200, 0);
              while (!over.await(0, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(CONTENT);
              }
            });
    assertFetched(endless);
    String other = serve("/other", (exchange, n) -> exchange.sendResponseHeaders(200, LENGTH + 1));
    assertContains(failure(RIGHT, other), "the server has 300001 bytes of it; it has 300000");
  }

  @Test
  void aPlaceThatMovedToNowhereIsNoEndOfTheSearch() throws Exception {
    String moved =
        serve(
            "/moved",
            (exchange, n) -> {
              exchange.getResponseHeaders().add("Location", "ht!tp://[bad");
              exchange.sendResponseHeaders(302, -1);
            });
    String good = serve("/file", (exchange, n) -> whole(exchange));
    assertFetched(moved, "ht!tp://[bad", "file:///etc/passwd", good);
    assertContains(failure(RIGHT, "ht!tp://[bad"), "ht!tp://[bad: is no URL");
  }

  @Test
  void aPartThatIsALinkIsNotWrittenThrough() throws Exception {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Files.createSymbolicLink(folder.resolve("some.bin.part"), precious);
    failure(RIGHT, serve("/file", (exchange, n) -> whole(exchange)));
    assertEquals("precious", Files.readString(precious));
  }

  @Test
  void twoFetchesOfOneFileAreOneTooMany() throws Exception {
    try (WriterLock other = WriterLock.of(folder.resolve("some.bin"))) {
      assertContains(
          failure(RIGHT, serve("/file", (exchange, n) -> whole(exchange))), "is being written by");
    }
    assertEquals(List.of(), ranges);
  }

  @Test
  void onesOwnMirrorIsAskedFirst() throws Exception {
    String mirror = serve("/mirror/set/some.bin", (exchange, n) -> whole(exchange));
    RemoteFile file =
        new RemoteFile(List.of("http://data.invalid/file"), "some.bin", LENGTH, RIGHT);
    RemoteFile mirrored = file.from(List.of(mirror.replace("set/some.bin", "")), "set");
    assertEquals(List.of(mirror, "http://data.invalid/file"), mirrored.urls());
  }

  @Test
  void theCatalogAsksByHttpsAlone() {
    for (DataCatalog.Entry entry : DataCatalog.ALL) {
      for (RemoteFile file : entry.files()) {
        file.urls().forEach(url -> assertTrue(url.startsWith("https://"), url));
      }
    }
  }

  @Test
  void theProxyThatTheEnvironmentNamesIsAsked() throws Exception {
    String proxy = serve("/file", (exchange, n) -> whole(exchange)).replace("/file", "");
    environment.put("http_proxy", proxy);
    assertFetched("http://data.invalid/file"); // a name that nobody but the proxy can know
    assertEquals(1, ranges.size());
  }

  @Test
  void aProxyThatIsNotSupportedIsRefusedBeforeAnythingIsAsked() {
    environment.put("all_proxy", "socks5://127.0.0.1:1");
    String url = serve("/file", (exchange, n) -> whole(exchange));
    String said =
        assertThrows(IllegalArgumentException.class, () -> fetch(RIGHT, url)).getMessage();
    assertContains(said, "all_proxy", "socks5", "expects http://host:port");
    assertEquals(List.of(), ranges);
  }

  /** What is fetched over https goes through a tunnel: its request is seen, and refused. */
  @Test
  void aProxyForHttpsIsAskedForATunnelAndNamedWhereItFails() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      List<String> asked = Collections.synchronizedList(new ArrayList<>());
      threads.execute(
          () -> {
            try {
              while (true) {
                try (Socket client = proxy.accept()) {
                  asked.add(
                      new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII))
                          .readLine());
                  client
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
                }
              }
            } catch (IOException e) {
              // The test is over.
            }
          });
      String address = "127.0.0.1:" + proxy.getLocalPort();
      environment.put("https_proxy", "http://" + address);
      String url = "https://data.invalid/file";
      Downloader downloader =
          new Downloader(
              (file, done, total, detail) -> {}, Duration.ofSeconds(10), new Proxies(environment));
      RemoteFile file = new RemoteFile(List.of(url), "some.bin", LENGTH, RIGHT);
      String said =
          assertThrows(IOException.class, () -> downloader.fetch(file, folder)).getMessage();
      assertContains(said, url + " by the proxy " + address + ": ");
      assertEquals("CONNECT data.invalid:443 HTTP/1.1", asked.get(0));
    }
  }
}
