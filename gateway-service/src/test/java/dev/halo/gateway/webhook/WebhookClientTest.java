package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.fake.Receiver;
import dev.halo.gateway.webhook.Attempt.Verdict;
import dev.halo.test.Background;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
    void anAnswerThatDoesNotEndIsCutOff() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Given a receiver whose answer has no end
            CompletableFuture<Void> cutOff = Background.run(() -> answerWithoutEnd(server));

            // When
            Attempt attempt = postOnly("http://127.0.0.1:" + server.getLocalPort() + "/", "127.0.0.1");

            // Then
            assertThat(attempt.verdict()).isEqualTo(Verdict.DELIVERED);
            assertThat(cutOff).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    /** Returns when the other side has closed the connection. */
    private static void answerWithoutEnd(ServerSocket server) {
        try (Socket socket = server.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(200);
            boolean open = true;
            while (open) {
                out.write('.');
                out.flush();
                open = isOpen(socket);
            }
        } catch (IOException e) {
            // It was cut off in the middle of a write.
            return;
        }
    }

    private static boolean isOpen(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
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

    /** Leaves the client open, so that closing it does not close the connection. */
    private static Attempt postOnly(String url, String address) {
        WebhookClient client = new WebhookClient(
                vertx,
                host -> new InetAddress[] {InetAddress.getByName(address)},
                new TargetAddresses(true),
                Duration.ofSeconds(2),
                4,
                1024);
        return client.post(URI.create(url), Map.of(), "{}".getBytes(StandardCharsets.UTF_8), 0)
                .toCompletableFuture()
                .join();
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
