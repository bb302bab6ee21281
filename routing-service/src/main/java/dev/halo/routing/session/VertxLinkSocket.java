package dev.halo.routing.session;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A Vert.x socket with a bound on what waits to be written, counted here: the socket's own write queue does not see what
 * other threads have handed to its event loop.
 */
public final class VertxLinkSocket implements LinkSocket {

    private final ServerWebSocket socket;
    private final SessionClock clock;
    private final long maxPendingBytes;
    private final WriteBudget budget;
    private final String remoteAddress;
    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long congestedSince;

    /**
     * @param maxPendingBytes a message is taken while fewer bytes wait, so that the bound is that plus one message
     * @param budget of all sockets together
     */
    public VertxLinkSocket(ServerWebSocket socket, SessionClock clock, long maxPendingBytes, WriteBudget budget) {
        this.socket = socket;
        this.clock = clock;
        this.maxPendingBytes = maxPendingBytes;
        this.budget = budget;
        this.remoteAddress = String.valueOf(socket.remoteAddress());
    }

    @Override
    public boolean send(ByteBuffer message, Runnable failed) {
        if (closed.get()) {
            return false;
        }
        long size = message.remaining();
        if (!reserve(size)) {
            return false;
        }
        try {
            write(message).onComplete(result -> {
                free(size);
                if (result.failed()) {
                    failed.run();
                }
            });
            return true;
        } catch (IllegalStateException e) {
            free(size);
            return false;
        }
    }

    private boolean reserve(long size) {
        if (pendingBytes.getAndAdd(size) >= maxPendingBytes) {
            pendingBytes.addAndGet(-size);
            if (congestedSince == 0) {
                congestedSince = clock.nanos() | 1;
            }
            return false;
        }
        if (!budget.take(size)) {
            pendingBytes.addAndGet(-size);
            return false;
        }
        return true;
    }

    private void free(long size) {
        budget.give(size);
        if (pendingBytes.addAndGet(-size) < maxPendingBytes / 2) {
            congestedSince = 0;
        }
    }

    @Override
    public void close(Frame.Refused last, int code, String reason) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            if (last != null) {
                write(FrameCodec.encode(last));
            }
            socket.close((short) code, reason);
        } catch (IllegalStateException e) {
            // The peer was faster.
        }
    }

    @Override
    public void pause() {
        ignoreClosed(socket::pause);
    }

    @Override
    public void resume() {
        ignoreClosed(socket::resume);
    }

    @Override
    public long congestedSinceNanos() {
        // What was refused while the last bytes left must not count against a socket that has been empty since.
        if (congestedSince != 0 && pendingBytes.get() < maxPendingBytes / 2) {
            congestedSince = 0;
        }
        return congestedSince;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    private Future<Void> write(ByteBuffer message) {
        Buffer buffer = Buffer.buffer(message.remaining());
        buffer.appendBytes(message.array(), message.arrayOffset() + message.position(), message.remaining());
        return socket.writeBinaryMessage(buffer);
    }

    private static void ignoreClosed(Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException e) {
            // There is nothing left to read.
        }
    }
}
