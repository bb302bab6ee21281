package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.site.Environment;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many Links at once: all are welcomed, none is lost, and a drain reaches each. */
class IdleSessionsIT {

    private static final int LINKS = 500;
    private static final int AT_ONCE = 50;

    @Test
    void allOfManyLinksAreWelcomedAndDrained() throws Exception {
        // Given
        Vertx vertx = Vertx.vertx();
        AtomicInteger welcomed = new AtomicInteger();
        AtomicInteger drained = new AtomicInteger();
        Semaphore connecting = new Semaphore(AT_ONCE);
        try (TestDeployment deployment =
                        new TestDeployment(EmbeddedKafka.shared().bootstrapServers());
                RunningBridge bridge = RunningBridge.start(vertx, deployment, 0, "session.silence", "10m")) {
            WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(LINKS));

            // When
            for (int i = 0; i < LINKS; i++) {
                connecting.acquire();
                WebSocketConnectOptions options = new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(bridge.port())
                        .setURI(LinkApi.SESSION)
                        .putHeader("Authorization", "Bearer " + deployment.token(UUID.randomUUID()));
                client.connect(options).onComplete(connected -> {
                    connecting.release();
                    connected.result().binaryMessageHandler(message -> {
                        Frame frame = ((FrameCodec.Decoded.Known)
                                        FrameCodec.decode(java.nio.ByteBuffer.wrap(message.getBytes())))
                                .frame();
                        if (frame instanceof Frame.Welcome) {
                            welcomed.incrementAndGet();
                        } else if (frame instanceof Frame.Drain) {
                            drained.incrementAndGet();
                        }
                    });
                    Frame hello =
                            new Frame.Hello(1, "test", Environment.STAGE, Instant.now(), UUID.randomUUID(), List.of());
                    connected
                            .result()
                            .writeBinaryMessage(
                                    Buffer.buffer(FrameCodec.encode(hello).array()));
                });
            }

            // Then
            await().atMost(Duration.ofMinutes(2)).until(() -> welcomed.get() == LINKS);
            assertThat(bridge.bridge().sockets()).isEqualTo(LINKS);
            bridge.bridge().drain();
            await().atMost(Duration.ofMinutes(1)).until(() -> drained.get() == LINKS);
            await().atMost(Duration.ofMinutes(1)).until(() -> bridge.bridge().sockets() == 0);
        } finally {
            vertx.close();
        }
    }
}
