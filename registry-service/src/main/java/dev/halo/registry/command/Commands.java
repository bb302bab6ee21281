package dev.halo.registry.command;

import dev.halo.registry.access.Actor;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.outbox.Acknowledgements;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Runs changes: each in one transaction that also holds the records which tell of it, and answered only when those are
 * acknowledged by Kafka. A change that met another one (deadlock, unique key) is run again from its start, a bounded
 * number of times; the work must therefore touch nothing but its transaction.
 */
@ApplicationScoped
public class Commands {

    private static final int ATTEMPTS = 4;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    /**
     * @param published completed when the records of the transaction are acknowledged; null where it has none
     */
    private record Done<T>(UUID commandId, T result, CompletableFuture<Boolean> published) {}

    private final Mutiny.SessionFactory sessions;
    private final Acknowledgements acknowledgements;
    private final MeterRegistry meters;
    private final Clock clock;

    public Commands(
            Mutiny.SessionFactory sessions, Acknowledgements acknowledgements, MeterRegistry meters, Clock clock) {
        this.sessions = sessions;
        this.acknowledgements = acknowledgements;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Runs a change.
     *
     * @param name of the command, for metrics
     * @return what the work gave; fails with an {@link ApiException} of status 503 when the change is stored but its
     *     records were not acknowledged in time
     */
    public <T> Uni<T> execute(String name, Actor actor, Function<Command, Uni<T>> work) {
        return Uni.createFrom()
                .deferred(() -> transaction(actor, work))
                .onFailure(Conflicts::isTransient)
                .retry()
                .atMost(ATTEMPTS - 1)
                .flatMap(this::acknowledged)
                .onItemOrFailure()
                .invoke((result, failure) -> count(name, failure));
    }

    private <T> Uni<Done<T>> transaction(Actor actor, Function<Command, Uni<T>> work) {
        UUID id = UUID.randomUUID();
        return sessions.withTransaction(session -> {
            Command command = new Command(id, actor, clock.instant(), session);
            // Expected before the commit, so that not even the fastest acknowledgement is missed.
            return work.apply(command)
                    .call(command::store)
                    .map(result -> new Done<>(id, result, command.publishes() ? acknowledgements.expect(id) : null));
        });
    }

    private <T> Uni<T> acknowledged(Done<T> done) {
        if (done.published() == null) {
            return Uni.createFrom().item(done.result());
        }
        acknowledgements.committed(done.commandId());
        return Uni.createFrom().completionStage(done.published()).map(acknowledged -> {
            if (!acknowledged) {
                throw ApiException.unavailable(
                        "The change is stored but not yet published; it takes effect when Kafka is back.", RETRY_AFTER);
            }
            return done.result();
        });
    }

    private void count(String name, Throwable failure) {
        String outcome = "done";
        if (failure instanceof ApiException refused) {
            outcome = Integer.toString(refused.status().getStatusCode());
        } else if (failure != null) {
            outcome = "failed";
        }
        meters.counter("halo.registry.commands", "command", name, "outcome", outcome)
                .increment();
    }
}
