package dev.halo.gateway.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.protocol.site.Environment;
import io.smallrye.mutiny.subscription.Cancellable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the gateway has its token from, and how long it keeps it. */
class ServiceTokenTest {

    private static final Duration WAIT = Duration.ofSeconds(5);

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private volatile int status = 200;
    private volatile String shown;
    private volatile CountDownLatch open = new CountDownLatch(0);
    private HttpServer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/token", this::answer);
        issuer.start();
    }

    @AfterEach
    void stop() {
        issuer.stop(0);
    }

    @Test
    void isTheConfiguredOneWhereNoIssuerIsNamed() {
        ServiceToken configured = new ServiceToken(new Settings(Optional.of("fixed"), Optional.empty()), now::get);
        ServiceToken none = new ServiceToken(new Settings(Optional.empty(), Optional.empty()), now::get);

        assertThat(of(configured)).isEqualTo("Bearer fixed");
        assertThat(of(none)).isNull();
        assertThat(asked).hasValue(0);
    }

    @Test
    void isKeptUntilShortlyBeforeItsEnd() {
        // Given
        ServiceToken token = fromIssuer();

        // When
        String first = of(token);
        now.addAndGet(Duration.ofSeconds(279).toNanos());
        String kept = of(token);
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        String next = of(token);

        // Then
        assertThat(first).isEqualTo("Bearer token-1");
        assertThat(kept).isEqualTo(first);
        assertThat(next).isEqualTo("Bearer token-2");
        String credentials =
                new String(Base64.getDecoder().decode(shown.substring("Basic ".length())), StandardCharsets.US_ASCII);
        assertThat(credentials).isEqualTo("halo-gateway-service:s%3Acret");
    }

    @Test
    void isAskedForAgainOnceItWasRefused() {
        ServiceToken token = fromIssuer();
        of(token);

        token.refused();

        assertThat(of(token)).isEqualTo("Bearer token-2");
    }

    @Test
    void aFailureOfTheIssuerIsNotKept() {
        // Given
        ServiceToken token = fromIssuer();
        status = 503;

        // When, Then
        assertThatThrownBy(() -> of(token)).hasMessageContaining("503");
        status = 200;
        assertThat(of(token)).isEqualTo("Bearer token-2");
    }

    @Test
    void whoeverGivesUpWaitingDoesNotEndItForTheOthers() {
        // Given
        ServiceToken token = fromIssuer();
        open = new CountDownLatch(1);
        CompletableFuture<String> patient = new CompletableFuture<>();
        Cancellable hasty = token.authorization().subscribe().with(got -> {}, failure -> {});
        token.authorization().subscribe().with(patient::complete, patient::completeExceptionally);

        // When
        hasty.cancel();
        open.countDown();

        // Then
        assertThat(patient).succeedsWithin(WAIT).isEqualTo("Bearer token-1");
    }

    @Test
    void theGatewaysSecretLeavesProductionOverTlsOnly() {
        Optional<String> plain = Optional.of("http://login.example.org/token");
        Optional<String> secure = Optional.of("https://login.example.org/token");

        assertThat(ServiceToken.problem(Environment.PRODUCTION, plain)).isPresent();
        assertThat(ServiceToken.problem(Environment.PRODUCTION, secure)).isEmpty();
        assertThat(ServiceToken.problem(Environment.PRODUCTION, Optional.empty()))
                .isEmpty();
        assertThat(ServiceToken.problem(Environment.STAGE, plain)).isEmpty();
    }

    private ServiceToken fromIssuer() {
        String url = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/token";
        return new ServiceToken(new Settings(Optional.empty(), Optional.of(url)), now::get);
    }

    private static String of(ServiceToken token) {
        return token.authorization().await().atMost(WAIT);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        shown = exchange.getRequestHeaders().getFirst("Authorization");
        String body = "{\"access_token\":\"token-" + asked.incrementAndGet() + "\",\"expires_in\":300}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private record Settings(Optional<String> token, Optional<String> tokenUrl) implements GatewayConfig.Registry {

        @Override
        public String url() {
            return "http://127.0.0.1";
        }

        @Override
        public Optional<String> clientId() {
            return Optional.of("halo-gateway-service");
        }

        @Override
        public Optional<String> clientSecret() {
            return Optional.of("s:cret");
        }

        @Override
        public Duration timeout() {
            return WAIT;
        }
    }
}
