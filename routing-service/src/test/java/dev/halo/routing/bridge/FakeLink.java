package dev.halo.routing.bridge;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.site.Environment;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Link as far as a bridge sees one: a socket that speaks frames. */
final class FakeLink implements AutoCloseable {

    private static final int MAX_MESSAGE = 4 * 1024 * 1024;
    private static final long LIMIT_SECONDS = 20;

    /** Small, so that a Link that reads nothing is noticed after few messages. */
    private static final int RECEIVE_BUFFER = 64 * 1024;

    private final HttpClient client;
    private final WebSocket socket;
    private final BlockingQueue<Frame> received = new LinkedBlockingQueue<>();
    private final List<Frame> seen = new CopyOnWriteArrayList<>();
    private UUID sessionId;
    private volatile boolean closed;
    private volatile Short closeCode;

    private FakeLink(HttpClient client, WebSocket socket) {
        this.client = client;
        this.socket = socket;
        socket.binaryMessageHandler(buffer -> {
            FrameCodec.Decoded decoded = FrameCodec.decode(ByteBuffer.wrap(buffer.getBytes()));
            Frame frame = ((FrameCodec.Decoded.Known) decoded).frame();
            seen.add(frame);
            received.add(frame);
        });
        socket.closeHandler(none -> {
            closeCode = socket.closeStatusCode();
            closed = true;
        });
        socket.exceptionHandler(failure -> closed = true);
    }

    /** Opens the socket and says nothing. */
    static FakeLink connect(Vertx vertx, int port, String token) throws Exception {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setMaxWebSocketFrameSize(MAX_MESSAGE).setMaxWebSocketMessageSize(MAX_MESSAGE));
        WebSocketConnectOptions options =
                new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI(LinkApi.SESSION);
        if (token != null) {
            options.putHeader("Authorization", "Bearer " + token);
        }
        WebSocket socket = client.webSocket(options)
                .toCompletionStage()
                .toCompletableFuture()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        return new FakeLink(client, socket);
    }

    /** Opens a session. */
    static FakeLink open(Vertx vertx, int port, String token) throws Exception {
        FakeLink link = connect(vertx, port, token);
        link.hello();
        link.sessionId = link.await(Frame.Welcome.class).sessionId();
        return link;
    }

    /** Of a Link made by {@link #open}. */
    UUID sessionId() {
        return sessionId;
    }

    void hello() {
        say(new Frame.Hello(
                FrameCodec.VERSION, "test", Environment.STAGE, Instant.now(), UUID.randomUUID(), List.of()));
    }

    void say(Frame frame) {
        say(frame, ByteBuffer.allocate(0));
    }

    void say(Frame frame, ByteBuffer body) {
        ByteBuffer message = FrameCodec.encode(frame, body);
        socket.writeBinaryMessage(Buffer.buffer(message.array()));
    }

    void sayText(String text) {
        socket.writeTextMessage(text);
    }

    void sayBytes(byte[] bytes) {
        socket.writeBinaryMessage(Buffer.buffer(bytes));
    }

    /** The next frame of this kind; others that come before are skipped. */
    <T extends Frame> T await(Class<T> kind) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (true) {
            Frame frame = received.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (frame == null) {
                throw new TimeoutException("no " + kind.getSimpleName() + " came, but " + seen);
            }
            if (kind.isInstance(frame)) {
                return kind.cast(frame);
            }
        }
    }

    /** Whether a frame of this kind ever came. */
    boolean has(Class<? extends Frame> kind) {
        return seen.stream().anyMatch(kind::isInstance);
    }

    /** Reads nothing any more, as a peer that is gone without a word. */
    void freeze() {
        socket.pause();
    }

    boolean isClosed() {
        return closed;
    }

    Short closeCode() {
        return closeCode;
    }

    @Override
    public void close() {
        client.close();
    }
}
