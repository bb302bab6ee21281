package dev.halo.gateway.auth;

import dev.halo.gateway.config.BearerConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/** The keys of the issuer of integrators' tokens, fetched beside the requests: none of them waits for the issuer for long. */
@ApplicationScoped
public class IssuerKeys {

    private static final Logger LOG = Logger.getLogger(IssuerKeys.class);
    private static final int MAX_CHARS = 256 * 1024;
    private static final int MAX_KEYS = 64;

    /** Stands for the id of a key that has none. */
    private static final String ONLY = "";

    private final BearerConfig config;
    private final URI url;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "issuer-keys");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Map<String, Key> keys = Map.of();
    private HttpClient http;
    private CompletableFuture<Void> fetch = CompletableFuture.completedFuture(null);
    private long fetchedAt = Long.MIN_VALUE;

    public IssuerKeys(BearerConfig config) {
        this.config = config;
        this.url = config.publicKey().isPresent()
                ? null
                : config.keysUrl()
                        .or(() -> config.issuer().map(issuer -> issuer + "/protocol/openid-connect/certs"))
                        .map(IssuerKeys::http)
                        .orElse(null);
        config.publicKey().ifPresent(text -> keys = Map.of(ONLY, rsa(text)));
    }

    void start(@Observes StartupEvent event) {
        if (url != null) {
            worker.scheduleWithFixedDelay(this::fetchNow, 0, config.refresh().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        worker.shutdownNow();
    }

    /** The key of an id; null if there is none. */
    public Key key(String id) {
        Map<String, Key> known = keys;
        Key only = known.get(ONLY);
        return only != null ? only : id == null ? null : known.get(id);
    }

    /** Fetches the keys, unless that was done a moment ago; never fails. */
    public synchronized CompletionStage<Void> refresh() {
        boolean soon = fetchedAt != Long.MIN_VALUE
                && System.nanoTime() - fetchedAt < config.refreshPause().toNanos();
        return url == null || soon ? fetch.copy() : fetchNow().copy();
    }

    private synchronized CompletableFuture<Void> fetchNow() {
        if (!fetch.isDone()) {
            return fetch;
        }
        fetchedAt = System.nanoTime();
        if (http == null) {
            http = HttpClient.newBuilder().connectTimeout(config.timeout()).build();
        }
        HttpRequest request =
                HttpRequest.newBuilder(url).timeout(config.timeout()).GET().build();
        fetch = http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenAccept(answer -> {
                    if (answer.statusCode() != 200 || answer.body().length() > MAX_CHARS) {
                        throw new IllegalStateException("status " + answer.statusCode());
                    }
                    keys = read(answer.body());
                })
                .exceptionally(failure -> {
                    // Those that are known stay: tokens signed with them are good.
                    LOG.warnf(
                            "event=issuerKeysNotFetched error=%s",
                            (failure.getCause() == null ? failure : failure.getCause())
                                    .getClass()
                                    .getSimpleName());
                    return null;
                });
        return fetch;
    }

    private static Map<String, Key> read(String json) {
        try {
            Map<String, Key> read = new HashMap<>();
            for (JsonWebKey key : new JsonWebKeySet(json).getJsonWebKeys()) {
                boolean signs = key.getUse() == null || "sig".equals(key.getUse());
                if (signs && key.getKeyId() != null && !key.getKeyId().equals(ONLY) && read.size() < MAX_KEYS) {
                    read.put(key.getKeyId(), key.getKey());
                }
            }
            return Map.copyOf(read);
        } catch (JoseException e) {
            throw new IllegalStateException("not a set of keys");
        }
    }

    /** What else it is would end the fetching with the first attempt. */
    private static URI http(String text) {
        URI url = URI.create(text);
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw new IllegalArgumentException("halo.gateway.bearer.issuer, keys-url: not an http or https URL");
        }
        return url;
    }

    private static Key rsa(String text) {
        String body = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(body)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("halo.gateway.bearer.public-key: not an RSA public key");
        }
    }
}
