package dev.teak.lab.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
  private static Map<String, String> environment(String text) {
    Map<String, String> map = new HashMap<>();
    for (String pair : text.split(";")) {
      String[] parts = pair.strip().split("=", 2);
      map.put(parts[0], parts[1]);
    }
    return map;
  }

  /** An environment; an address; the proxy it is reached through, if any. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http_proxy=http://p:3128                      | http://a.org/x  | p:3128",
        "http_proxy=p:3128                             | http://a.org/x  | p:3128",
        "http_proxy=p                                  | http://a.org/x  | p:1080",
        "http_proxy=http://p:3128/                     | http://a.org/x  | p:3128",
        "http_proxy=HTTP://P:3128                      | http://a.org/x  | p:3128",
        "http_proxy=http://[::1]:3128                  | http://a.org/x  | ::1:3128",
        "http_proxy=http://p:3128                      | https://a.org/x |",
        "HTTP_PROXY=http://p:3128                      | http://a.org/x  |",
        "https_proxy=http://p:3128                     | https://a.org/x | p:3128",
        "HTTPS_PROXY=http://p:3128                     | https://a.org/x | p:3128",
        "HTTPS_PROXY=http://p:3128                     | http://a.org/x  |",
        "https_proxy=http://p:1; HTTPS_PROXY=http://q:2 | https://a.org/x | p:1",
        "https_proxy=; HTTPS_PROXY=http://q:2          | https://a.org/x | q:2",
        "all_proxy=http://p:3128                       | http://a.org/x  | p:3128",
        "ALL_PROXY=http://p:3128                       | https://a.org/x | p:3128",
        "all_proxy=http://p:1; http_proxy=http://q:2   | http://a.org/x  | q:2",
        "all_proxy=http://p:1; no_proxy=a.org          | http://a.org/x  |",
        "all_proxy=http://p:1; no_proxy=a.org          | http://www.A.org/x |",
        "all_proxy=http://p:1; no_proxy=.a.org         | http://a.org/x  |",
        "all_proxy=http://p:1; no_proxy=b.org, a.org   | http://a.org/x  |",
        "all_proxy=http://p:1; no_proxy=b.org a.org    | http://a.org/x  |",
        "all_proxy=http://p:1; no_proxy=org.a,ba.org   | http://a.org/x  | p:1",
        "all_proxy=http://p:1; no_proxy=a.org          | http://ba.org/x | p:1",
        "all_proxy=http://p:1; no_proxy=               | http://a.org/x  | p:1",
        "all_proxy=http://p:1; no_proxy=,              | http://a.org/x  | p:1",
        "all_proxy=http://p:1; no_proxy=*              | http://a.org/x  |",
        "all_proxy=http://p:1; NO_PROXY=127.0.0.1,::1  | http://[::1]:8/x |",
        "all_proxy=http://p:1; NO_PROXY=127.0.0.1      | http://127.0.0.1:8/x |",
        "other=http://p:1                              | http://a.org/x  |"
      })
  void theEnvironmentNamesAProxyByCurlsRules(String environment, String address, String proxy) {
    String expected = proxy == null ? "" : " by the proxy " + proxy;
    assertEquals(expected, new Proxies(environment(environment)).via(URI.create(address)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://ann:secret@p:3128 | has a user's name in it",
        "ann:secret@p:3128        | has a user's name in it",
        "socks5://p:1080          | names a proxy of the kind socks5",
        "https://p:443            | names a proxy of the kind https",
        "http://:3128             | names no host",
        "http://a b:3128          | is no address",
        "http://secret:x          | names no host"
      })
  void aProxyThatIsNotSupportedIsRefused(String proxy, String said) {
    Proxies proxies = new Proxies(Map.of("https_proxy", proxy));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> proxies.select(URI.create("https://a.org/")))
            .getMessage();
    assertTrue(message.startsWith("the environment's https_proxy " + said), message);
    assertTrue(message.endsWith("; expects http://host:port"), message);
    assertFalse(message.contains("secret"), message);
  }
}
