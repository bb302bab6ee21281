package dev.halo.routing.session;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that may wait to be written to all sockets of an instance together. Thread-safe. */
public final class WriteBudget {

    private final long maxBytes;
    private final AtomicLong taken = new AtomicLong();

    /** @param maxBytes a message is taken while fewer bytes wait, so that the bound is that plus one message */
    public WriteBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes bytes for a message; false, and nothing taken, where too many wait. */
    boolean take(long bytes) {
        if (taken.getAndAdd(bytes) >= maxBytes) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives back what was taken. */
    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Bytes that wait now. */
    public long taken() {
        return taken.get();
    }
}
