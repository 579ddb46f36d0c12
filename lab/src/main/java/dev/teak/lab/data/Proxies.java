package dev.teak.lab.data;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxies that the environment names, which Java by itself does not ask. The rules are curl's:
 * {@code http_proxy} for http (in small letters only, since a web server makes {@code HTTP_PROXY}
 * of a request's header), {@code https_proxy} or {@code HTTPS_PROXY} for https, {@code all_proxy}
 * or {@code ALL_PROXY} for both, the small letters first; none for the hosts, and those below them,
 * that {@code no_proxy} or {@code NO_PROXY} lists, {@code *} being all. A proxy is {@code
 * [http://]host[:port]}, the port 1080 if none is given. Java's own properties, such as {@code
 * -Dhttps.proxyHost}, come before all of it.
 */
final class Proxies extends ProxySelector {
  private static final int DEFAULT_PORT = 1080;
  private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * @throws IllegalArgumentException if the proxy named for this address is of a kind that is not
   *     supported, with what would be right
   */
  @Override
  public List<Proxy> select(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (System.getProperty(scheme + ".proxyHost") != null) {
      return ProxySelector.getDefault().select(uri);
    }
    Optional<String> name =
        Stream.of(scheme + "_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
            .filter(n -> !n.equals("HTTPS_PROXY") || scheme.equals("https"))
            .filter(n -> !environment.getOrDefault(n, "").isBlank())
            .findFirst();
    if (name.isEmpty() || isExcepted(uri.getHost())) {
      return DIRECT;
    }
    return List.of(proxy(name.get(), environment.get(name.get()).strip()));
  }

  private boolean isExcepted(String host) {
    String asked = bare(host);
    String excepted = environment.getOrDefault("no_proxy", environment.get("NO_PROXY"));
    return excepted != null
        && Stream.of(excepted.split("[,\\s]+"))
            .map(Proxies::bare)
            .anyMatch(
                e -> e.equals("*") || !e.isEmpty() && (asked.equals(e) || asked.endsWith("." + e)));
  }

  /** Without case, brackets around an IPv6 address, and a point before a domain. */
  private static String bare(String host) {
    return host.toLowerCase(Locale.ROOT).replaceAll("^\\.|[\\[\\]]", "");
  }

  private static Proxy proxy(String name, String value) {
    URI uri;
    try {
      uri = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException e) {
      throw wrong(name, "is no address");
    }
    if (uri.getRawUserInfo() != null) {
      throw wrong(name, "has a user's name in it, and proxies that ask for one are not supported");
    }
    if (!"http".equalsIgnoreCase(uri.getScheme())) {
      throw wrong(
          name, "names a proxy of the kind " + uri.getScheme() + ", which is not supported");
    }
    if (uri.getHost() == null) {
      throw wrong(name, "names no host");
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return new Proxy(
        Proxy.Type.HTTP, InetSocketAddress.createUnresolved(bare(uri.getHost()), port));
  }

  /** The value is not repeated: there may be a password in it. */
  private static IllegalArgumentException wrong(String name, String what) {
    return new IllegalArgumentException(
        "the environment's " + name + " " + what + "; expects http://host:port");
  }

  /** Where the address is reached through, in words; empty if directly. */
  String via(URI uri) {
    return select(uri).stream()
        .filter(p -> p.address() instanceof InetSocketAddress)
        .map(p -> (InetSocketAddress) p.address())
        .map(a -> " by the proxy " + a.getHostString() + ":" + a.getPort())
        .findFirst()
        .orElse("");
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    // There is no other proxy to try; the failure itself is told.
  }
}
