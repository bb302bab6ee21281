package dev.halo.link.config;

import dev.halo.protocol.site.Environment;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where the cloud is. Each is empty while nothing is configured, which the Link reports and survives.
 *
 * @param registry http(s)
 * @param bridge ws(s)
 * @param upload http(s)
 */
public record CloudUrls(Optional<URI> registry, Optional<URI> bridge, Optional<URI> upload) {

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    /**
     * Reads them from the configuration.
     *
     * @throws IllegalArgumentException naming the key whose value is no such URL
     */
    public static CloudUrls of(LinkConfig config) {
        boolean strict = config.environment() == Environment.PRODUCTION;
        return new CloudUrls(
                url("halo.link.registry-url", config.registryUrl().or(config::cloudUrl), false, strict),
                url("halo.link.bridge-url", config.bridgeUrl().or(config::cloudUrl), true, strict),
                url("halo.link.upload-url", config.uploadUrl().or(config::cloudUrl), false, strict));
    }

    /** A path below a base URL, whether or not that ends in a slash. */
    public static URI resolve(URI base, String path) {
        String text = base.toString();
        return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
    }

    private static Optional<URI> url(String key, Optional<URI> configured, boolean socket, boolean strict) {
        return configured.map(uri -> {
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean tls =
                    switch (scheme) {
                        case "http", "ws" -> false;
                        case "https", "wss" -> true;
                        default -> throw new IllegalArgumentException(key + " must be an http or https URL");
                    };
            if (uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null) {
                throw new IllegalArgumentException(key + " must name a host and carry neither user nor query");
            }
            if (strict && !tls && !LOOPBACK.contains(uri.getHost())) {
                throw new IllegalArgumentException(key + " must be https in production: the Link's token goes there");
            }
            String wanted = socket ? (tls ? "wss" : "ws") : (tls ? "https" : "http");
            return URI.create(wanted + uri.toString().substring(scheme.length()));
        });
    }
}
