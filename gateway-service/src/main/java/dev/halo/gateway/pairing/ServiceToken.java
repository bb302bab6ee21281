package dev.halo.gateway.pairing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.gateway.config.AdminConfig;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.protocol.site.Environment;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The token that the gateway shows the registry: the configured one, or one that the issuer gives for the gateway's own
 * client id and secret. A given one is kept until shortly before its end; there is one request for it at a time, whoever
 * comes meanwhile waits for that.
 */
@ApplicationScoped
public class ServiceToken {

    // Longer than a pairing takes, so that the token does not end on its way.
    private static final Duration MARGIN = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Held(String authorization, long endNanos) {
        /** Never the token. */
        @Override
        public String toString() {
            return "Held";
        }
    }

    private final GatewayConfig.Registry config;
    private final LongSupplier nanoTime;
    private final HttpClient client;
    private Held held;
    private CompletableFuture<String> asked;

    @Inject
    public ServiceToken(GatewayConfig config) {
        this(config.registry(), System::nanoTime);
    }

    void check(@Observes @Priority(1) StartupEvent event, GatewayConfig gateway, AdminConfig admin) {
        if (LaunchMode.current() == LaunchMode.NORMAL && !admin.allowLocalIssuer()) {
            problem(gateway.environment(), config.tokenUrl()).ifPresent(problem -> {
                throw new IllegalStateException(problem);
            });
        }
    }

    /** Why the gateway's secret cannot be sent there; empty when it can. */
    static Optional<String> problem(Environment environment, Optional<String> tokenUrl) {
        return tokenUrl.filter(url -> environment == Environment.PRODUCTION
                        && !url.toLowerCase(Locale.ROOT).startsWith("https://"))
                .map(url -> "halo.gateway.registry.token-url must begin with https:// in production");
    }

    ServiceToken(GatewayConfig.Registry config, LongSupplier nanoTime) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(config.timeout())
                .build();
    }

    /**
     * The value of the header {@code Authorization}.
     *
     * @return null where nothing is configured; fails when the issuer gives no token
     */
    public Uni<String> authorization() {
        if (config.tokenUrl().isEmpty()) {
            return Uni.createFrom()
                    .item(config.token().map(token -> "Bearer " + token).orElse(null));
        }
        return Uni.createFrom().completionStage(this::current);
    }

    /** Takes a refused token out of use: the issuer's keys or the client's roles may have changed. */
    public synchronized void refused() {
        held = null;
    }

    private synchronized CompletionStage<String> current() {
        if (held != null && held.endNanos() - nanoTime.getAsLong() > 0) {
            return CompletableFuture.completedFuture(held.authorization());
        }
        if (asked == null || asked.isDone()) {
            asked = client.sendAsync(request(), HttpResponse.BodyHandlers.ofString())
                    .thenApply(this::keep);
        }
        // Whoever gives up waiting must not end it for the others.
        return asked.copy();
    }

    private HttpRequest request() {
        String credentials = encoded(config.clientId()) + ":" + encoded(config.clientSecret());
        return HttpRequest.newBuilder(URI.create(config.tokenUrl().orElseThrow()))
                .timeout(config.timeout())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.US_ASCII)))
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
                .build();
    }

    private static String encoded(Optional<String> text) {
        return URLEncoder.encode(text.orElse(""), StandardCharsets.UTF_8);
    }

    private synchronized String keep(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new IllegalStateException("the issuer answered " + response.statusCode());
        }
        try {
            JsonNode answer = JSON.readTree(response.body());
            String authorization = "Bearer " + answer.required("access_token").asText();
            long seconds = Math.min(answer.path("expires_in").asLong(0), LONGEST.toSeconds());
            Duration life = Duration.ofSeconds(seconds).minus(MARGIN);
            held = new Held(authorization, nanoTime.getAsLong() + life.toNanos());
            return authorization;
        } catch (IOException | IllegalArgumentException e) {
            // Without its text, which may have the token in it.
            throw new IllegalStateException("the issuer's answer is no token");
        }
    }
}
