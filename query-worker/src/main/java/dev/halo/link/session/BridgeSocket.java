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
import java.util.function.Supplier;

/**
 * One socket with the outcomes and runs that wait to be written to it: those that a caller waits for go first. Lives on
 * one event loop; a peer that reads slowly leaves them here and not in the socket's buffers.
 */
final class BridgeSocket {

    private static final short NORMAL = 1000;

    private final WebSocket socket;
    private final Deque<Supplier<ByteBuffer>> awaited = new ArrayDeque<>();
    private final Deque<Supplier<ByteBuffer>> others = new ArrayDeque<>();
    private long lastHeard = System.nanoTime();
    private long pings;
    private boolean connected;
    private boolean closed;

    BridgeSocket(WebSocket socket, Context context) {
        this.socket = socket;
        socket.drainHandler(done -> context.runOnContext(v -> pump()));
    }

    /** Sends it at once; but runs carry output values, and many of them must not fill the socket's buffers. */
    void send(Frame frame) {
        if (frame instanceof Frame.Ran) {
            others.add(() -> FrameCodec.encode(frame));
            pump();
        } else if (!closed) {
            write(FrameCodec.encode(frame));
        }
    }

    void send(Pending outcome) {
        (outcome.waitedFor() ? awaited : others).add(() -> FrameCodec.encode(outcome.frame(), outcome.body()));
        pump();
    }

    /** Not before there is somebody to answer. */
    void ping() {
        if (!connected) {
            return;
        }
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
        awaited.clear();
        others.clear();
    }

    /** The upgrade has been answered: from here on there is something to close. */
    void connected() {
        connected = true;
    }

    void sayGoodbye() {
        if (connected) {
            send(new Frame.Goodbye());
        }
        close("goodbye");
    }

    void close(String reason) {
        boolean first = !closed;
        markClosed();
        if (first && connected) {
            socket.close(NORMAL, reason);
        }
    }

    private void pump() {
        while (!closed && !socket.writeQueueFull() && !(awaited.isEmpty() && others.isEmpty())) {
            write((awaited.isEmpty() ? others : awaited).poll().get());
        }
    }

    private void write(ByteBuffer message) {
        socket.writeBinaryMessage(Buffer.buffer(message.array()));
    }
}
