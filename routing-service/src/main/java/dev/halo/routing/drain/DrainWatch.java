package dev.halo.routing.drain;

import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.session.SessionClock;
import dev.halo.routing.session.Sessions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The orderly end of an instance: no new session or query, the Links are sent elsewhere, what runs may end. */
public final class DrainWatch {

    private final Sessions sessions;
    private final SessionClock clock;
    private final long endNanos;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    public DrainWatch(RoutingConfig.Drain config, Sessions sessions, SessionClock clock) {
        this.sessions = sessions;
        this.clock = clock;
        this.endNanos = clock.nanos()
                + config.spread().plus(config.grace()).plus(config.unfinished()).toNanos();
    }

    /** Tells the Links. */
    public void start() {
        sessions.drain();
        look();
    }

    /** Ends the drain when no session is left or its time is over. */
    public void look() {
        if (done.isDone()) {
            return;
        }
        if (clock.nanos() - endNanos >= 0) {
            sessions.closeAll();
        }
        if (sessions.size() == 0) {
            done.complete(null);
        }
    }

    /** Completes when no session is left. */
    public CompletionStage<Void> done() {
        return done;
    }
}
