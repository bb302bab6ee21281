package dev.halo.link.session;

import dev.halo.link.query.Outbox.Pending;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * One socket with the outcomes that wait to be written to it. Lives on one event loop; a peer that reads slowly leaves
 * them here and not in the socket's buffers.
 */
final class BridgeSocket {

    private static final short NORMAL = 1000;

    private final WebSocket socket;
    private final Deque<Pending> toSend = new ArrayDeque<>();
    private long lastHeard = System.nanoTime();
    private long pings;
    private boolean connected;
    private boolean closed;

    BridgeSocket(WebSocket socket, Context context) {
        this.socket = socket;
        socket.drainHandler(done -> context.runOnContext(v -> pump()));
    }

    void send(Frame frame) {
        if (!closed) {
            write(FrameCodec.encode(frame));
        }
    }

    void send(Pending outcome) {
        toSend.add(outcome);
        pump();
    }

    void ping() {
        send(new Frame.Ping(++pings));
    }

    void heard() {
        lastHeard = System.nanoTime();
    }

    boolean isSilentFor(long millis) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastHeard) > millis;
    }

    boolean isClosed() {
        return closed;
    }

    /** Nothing is written any more. */
    void markClosed() {
        closed = true;
        toSend.clear();
    }

    /** The upgrade has been answered: from here on there is something to close. */
    void connected() {
        connected = true;
    }

    void close(String reason) {
        boolean first = !closed;
        markClosed();
        if (first && connected) {
            socket.close(NORMAL, reason);
        }
    }

    private void pump() {
        while (!closed && !toSend.isEmpty() && !socket.writeQueueFull()) {
            Pending next = toSend.poll();
            write(FrameCodec.encode(next.frame(), next.body()));
        }
    }

    private void write(ByteBuffer message) {
        socket.writeBinaryMessage(Buffer.buffer(message.array()));
    }
}
