package dev.halo.routing.session;

import dev.halo.protocol.frame.Frame;
import java.nio.ByteBuffer;

/** A Link's socket, as far as a session needs one. Thread-safe. */
public interface LinkSocket {

    /**
     * Writes a message.
     *
     * @param failed run once, if it turns out that the message did not leave completely
     * @return false where the socket is closed or has too much to write already; then nothing was written and
     *     {@code failed} is not run
     */
    boolean send(ByteBuffer message, Runnable failed);

    /** Writes a last frame, which may be null, and closes. Further calls do nothing. */
    void close(Frame.Refused last, int code, String reason);

    /** Reads no further until {@link #resume()}. */
    void pause();

    void resume();

    /** Since when it has had more to write than it may, in nanoseconds of the monotonic clock; 0 where it has not. */
    long congestedSinceNanos();

    /** For the log. */
    String remoteAddress();
}
