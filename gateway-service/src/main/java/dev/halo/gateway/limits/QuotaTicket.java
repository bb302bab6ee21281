package dev.halo.gateway.limits;

import dev.halo.gateway.error.Refusal;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One request's part in the quotas: the query that was taken for it, and the results that it is given. A query that was not
 * attempted is given back at the request's end.
 */
public final class QuotaTicket {

    /** Of a request that concerns no practice, or none that is known. */
    static final QuotaTicket OF_NOTHING = new QuotaTicket(null, null, false);

    private static final String PROPERTY = "halo.quotaTicket";

    private enum State {
        /** A query was taken for it. */
        HELD,
        /** The query counts. */
        KEPT,
        /** It was given back. */
        RETURNED,
        /** There is none. */
        NONE
    }

    private final QuotaLedger ledger;
    private final QuotaAccount account;
    private final AtomicReference<State> state;

    QuotaTicket(QuotaLedger ledger, QuotaAccount account, boolean holdsQuery) {
        this.ledger = ledger;
        this.account = account;
        this.state = new AtomicReference<>(holdsQuery ? State.HELD : State.NONE);
    }

    /**
     * That of a request.
     *
     * @throws Refusal 404 if the request went past the quotas: a path that only looks different must not be a way around
     */
    public static QuotaTicket of(ContainerRequestContext request) {
        if (request.getProperty(PROPERTY) instanceof QuotaTicket ticket) {
            return ticket;
        }
        throw Refusal.notFound("There is nothing at this path.");
    }

    /** Leaves it on a request, for {@link #of}. */
    public void leaveOn(ContainerRequestContext request) {
        request.setProperty(PROPERTY, this);
    }

    /**
     * The query is attempted or stored: it counts. Also when its caller has hung up before and it was given back: what goes on
     * all the same would else be a way around.
     */
    public void keep() {
        if (state.compareAndSet(State.HELD, State.KEPT)) {
            ledger.kept(account);
        } else if (state.compareAndSet(State.RETURNED, State.KEPT)) {
            ledger.takeAgain(account);
        }
    }

    /**
     * Has a query stored, and counts it when it is: also when nobody waits for that any more.
     *
     * @param stored told of it
     */
    public <T> Uni<T> kept(Supplier<CompletionStage<T>> store, Consumer<T> stored) {
        // A copy: the caller who hangs up cancels what it waits for, not what is being done.
        return Uni.createFrom().completionStage(() -> store.get()
                .thenApply(query -> {
                    keep();
                    stored.accept(query);
                    return query;
                })
                .toCompletableFuture()
                .copy());
    }

    /** It turned out not to have been attempted: it does not count. */
    public void undo() {
        giveBack(State.KEPT);
    }

    /** The request is over. */
    public void close() {
        giveBack(State.HELD);
    }

    private void giveBack(State from) {
        if (state.compareAndSet(from, State.RETURNED)) {
            ledger.giveBack(account);
        }
    }

    /** Results of so many bytes are given. */
    public void gives(long bytes) {
        if (account != null) {
            ledger.count(account, bytes);
        }
    }
}
