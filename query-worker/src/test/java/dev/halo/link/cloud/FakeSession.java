package dev.halo.link.cloud;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.query.OutcomeCodec;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The bridge's side of one socket. */
public final class FakeSession {

    public final UUID sessionId = UUID.randomUUID();
    public final List<Frame> received = new CopyOnWriteArrayList<>();
    public final Map<UUID, OutcomeCodec.Decoded> outcomes = new ConcurrentHashMap<>();
    public volatile boolean acks = true;
    public volatile boolean answersPings = true;
    public volatile boolean closed;

    private final ServerWebSocket socket;
    private final FakeCloud cloud;

    FakeSession(Vertx vertx, ServerWebSocket socket, FakeCloud cloud) {
        this.socket = socket;
        this.cloud = cloud;
        socket.binaryMessageHandler(message -> onFrame(ByteBuffer.wrap(message.getBytes())));
        socket.closeHandler(none -> closed = true);
    }

    private void onFrame(ByteBuffer message) {
        FrameCodec.Decoded.Known known = (FrameCodec.Decoded.Known) FrameCodec.decode(message);
        received.add(known.frame());
        if (known.frame() instanceof Frame.Hello hello && cloud.welcomes) {
            long ahead = Duration.between(cloud.now(), hello.clock()).toMillis();
            send(new Frame.Welcome(sessionId, FrameCodec.VERSION, cloud.now(), ahead, 100, cloud.authority()));
        } else if (known.frame() instanceof Frame.Ping ping && answersPings) {
            send(new Frame.Pong(ping.number()));
        } else if (known.frame() instanceof Frame.Ran ran) {
            if (acks) {
                send(new Frame.EndedAck(ran.run().runId()));
            }
        } else if (known.frame() instanceof Frame.Ended ended) {
            ByteBuffer body = ByteBuffer.allocate(known.body().remaining());
            body.put(known.body()).flip();
            outcomes.put(ended.queryId(), OutcomeCodec.decode(body));
            if (acks) {
                send(new Frame.EndedAck(ended.queryId()));
            }
        }
    }

    public boolean isOpen() {
        return !closed && first(Frame.Hello.class).isPresent();
    }

    public void send(Frame frame) {
        socket.writeBinaryMessage(Buffer.buffer(FakeCloud.encode(frame)));
    }

    public void sendRaw(byte[] message) {
        socket.writeBinaryMessage(Buffer.buffer(message));
    }

    void authority(List<Frame.SiteAuthority> sites) {
        send(new Frame.Authority(received.size(), sites));
    }

    public void close() {
        socket.close();
    }

    /** The first frame of a kind. */
    public <F extends Frame> Optional<F> first(Class<F> kind) {
        return all(kind).stream().findFirst();
    }

    public <F extends Frame> List<F> all(Class<F> kind) {
        return received.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
