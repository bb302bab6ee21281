package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.fake.Receiver;
import dev.halo.gateway.webhook.Attempt.Verdict;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where a post goes, whatever its name says. */
class WebhookClientTest {

    private static Vertx vertx;

    private final List<String> lookedUp = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close();
    }

    @Test
    void theConnectionGoesToTheAddressThatWasLookedUp() {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            Attempt attempt = post("http://hooks.example.org:" + receiver.port() + "/a?b=c", true, "127.0.0.1");

            assertThat(attempt.verdict()).isEqualTo(Verdict.DELIVERED);
            assertThat(lookedUp).containsExactly("hooks.example.org");
            assertThat(receiver.received()).hasSize(1);
            assertThat(receiver.received().get(0).path()).isEqualTo("/a?b=c");
        }
    }

    @Test
    void aNameWithOneAddressThatIsNotAllowedIsNotReached() {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            Attempt attempt = post("http://hooks.example.org:" + receiver.port() + "/", false, "1.1.1.1", "127.0.0.1");

            assertThat(attempt).isEqualTo(Attempt.giveUp("addressNotAllowed"));
            assertThat(receiver.received()).isEmpty();
        }
    }

    @Test
    void aRedirectIsNotFollowed() {
        try (Receiver receiver = new Receiver(nth -> 307)) {
            Attempt attempt = post("http://127.0.0.1:" + receiver.port() + "/", true, "127.0.0.1");

            assertThat(attempt.verdict()).isEqualTo(Verdict.GIVE_UP);
            assertThat(attempt.status()).isEqualTo(307);
            assertThat(receiver.received()).hasSize(1);
        }
    }

    @Test
    void whoDoesNotAnswerInTimeIsTriedAgain() {
        try (Receiver receiver = new Receiver(nth -> 0)) {
            assertThat(post("http://127.0.0.1:" + receiver.port() + "/", true, "127.0.0.1"))
                    .isEqualTo(Attempt.retry("timeout"));
        }
    }

    @Test
    void whoIsNotThereIsTriedAgain() {
        int port;
        try (Receiver receiver = new Receiver(nth -> 200)) {
            port = receiver.port();
        }

        assertThat(post("http://127.0.0.1:" + port + "/", true, "127.0.0.1")).isEqualTo(Attempt.retry("connection"));
    }

    @Test
    void aNameThatIsNotKnownIsTriedAgain() {
        assertThat(post("http://nowhere.example.org/", true)).isEqualTo(Attempt.retry("nameNotFound"));
    }

    @Test
    void whatDoesNotSpeakTlsIsTriedAgain() {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            Attempt attempt = post("https://hooks.example.org:" + receiver.port() + "/", true, "127.0.0.1");

            assertThat(attempt.verdict()).isEqualTo(Verdict.RETRY);
            assertThat(receiver.received()).isEmpty();
        }
    }

    private Attempt post(String url, boolean allowAll, String... addresses) {
        WebhookClient.Names names = host -> {
            lookedUp.add(host);
            if (addresses.length == 0) {
                throw new UnknownHostException(host);
            }
            InetAddress[] found = new InetAddress[addresses.length];
            for (int i = 0; i < found.length; i++) {
                found[i] = InetAddress.getByName(addresses[i]);
            }
            return found;
        };
        try (WebhookClient client =
                new WebhookClient(vertx, names, new TargetAddresses(allowAll), Duration.ofSeconds(3), 4, 1024)) {
            return client.post(URI.create(url), Map.of("X-Halo-Id", "1"), "{}".getBytes(StandardCharsets.UTF_8), 0)
                    .toCompletableFuture()
                    .join();
        }
    }
}
