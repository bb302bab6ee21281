package dev.halo.link.execution;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one place where it is decided whether a query is stopped or committed: a stop wins only before the step from
 * executing to committing, and the first stop wins over later ones. One token serves one attempt; safe for use by several
 * threads.
 */
public final class CancelToken {

    private sealed interface State {}

    /** @param listener told of the stop; null while nothing runs that would have to be told */
    private record Running(Runnable listener) implements State {}

    private record Committing() implements State {}

    private record Stopped(StopCause cause) implements State {}

    private final AtomicReference<State> state = new AtomicReference<>(new Running(null));

    /**
     * Asks for the end of the query. It is not waited for.
     *
     * @return whether this call stopped it: false if it was stopped before, or its COMMIT has begun
     */
    public boolean stop(StopCause cause) {
        State seen = state.get();
        while (seen instanceof Running running) {
            if (state.compareAndSet(seen, new Stopped(cause))) {
                if (running.listener() != null) {
                    running.listener().run();
                }
                return true;
            }
            seen = state.get();
        }
        return false;
    }

    /** Why the query must end; empty while it may go on. */
    public Optional<StopCause> stopped() {
        return state.get() instanceof Stopped stopped ? Optional.of(stopped.cause()) : Optional.empty();
    }

    /** Whether the query must end; cheap enough to be asked for each row. */
    public boolean isStopped() {
        return state.get() instanceof Stopped;
    }

    /** The step from executing to committing; after true no stop can win. */
    boolean tryCommit() {
        State seen = state.get();
        while (seen instanceof Running) {
            if (state.compareAndSet(seen, new Committing())) {
                return true;
            }
            seen = state.get();
        }
        return seen instanceof Committing;
    }

    /** Has the listener called on a stop, at once where that has happened already. */
    void onStop(Runnable listener) {
        State seen = state.get();
        while (seen instanceof Running) {
            if (state.compareAndSet(seen, new Running(listener))) {
                return;
            }
            seen = state.get();
        }
        if (seen instanceof Stopped) {
            listener.run();
        }
    }
}
