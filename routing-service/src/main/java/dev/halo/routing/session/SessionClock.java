package dev.halo.routing.session;

import java.time.Instant;

/** Both clocks of the bridge: time-outs go by the monotonic one, what people read by the wall clock. */
public interface SessionClock {

    long nanos();

    Instant now();

    /** The machine's. */
    static SessionClock system() {
        return new SessionClock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
    }
}
