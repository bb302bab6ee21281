package dev.halo.gateway.immediate;

import dev.halo.gateway.body.HandOver;
import dev.halo.gateway.body.RowSource;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.config.IdempotencyConfig;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.idempotency.Idempotency;
import dev.halo.gateway.idempotency.IdempotentRequest;
import dev.halo.gateway.idempotency.KnownRequest;
import dev.halo.gateway.query.QueryIds;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryBounds;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Immediates with an {@code Idempotency-Key}. The first request with a key is carried out, also when its caller hangs up:
 * it will come back for the answer. Those that repeat it wait for its end and get it too; of one that ended before they
 * get what is kept, which rows and output values are not.
 */
@ApplicationScoped
class RepeatableImmediates {

    private static final Logger LOG = Logger.getLogger(RepeatableImmediates.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** What a request with a key is answered. */
    private sealed interface Ending {
        record Answered(Answer answer) implements Ending {}

        record Kept(int httpStatus, String json) implements Ending {}
    }

    private record Place(UUID integratorId, UUID siteId, String key) {}

    private record Running(String fingerprint, CompletableFuture<Ending> ending) {}

    private final Idempotency idempotency;
    private final ImmediateAnswers answers;
    private final IdempotencyConfig config;
    private final Duration longestRun;
    private final int maxJoined;
    private final Map<Place, Running> running = new ConcurrentHashMap<>();
    private final AtomicInteger joined = new AtomicInteger();

    RepeatableImmediates(
            Idempotency idempotency, ImmediateAnswers answers, IdempotencyConfig config, GatewayConfig gateway) {
        this.idempotency = idempotency;
        this.answers = answers;
        this.config = config;
        this.longestRun = gateway.immediate()
                .executionLimit()
                .plus(gateway.immediate().transportMargin())
                .plusMillis(QueryBounds.IMMEDIATE_QUEUE_MAX_MILLIS)
                .plus(config.storeTimeout());
        this.maxJoined = gateway.immediate().maxPending();
    }

    /**
     * Carries a request out, unless it is being or has been carried out.
     *
     * @param start begins a query with an id; may throw {@link Refusal}
     */
    Uni<Response> run(IdempotentRequest request, Function<UUID, ImmediateQueries.Running> start) {
        Place place = new Place(request.integratorId(), request.siteId(), request.key());
        Running mine = new Running(request.fingerprint(), new CompletableFuture<>());
        Running other = running.putIfAbsent(place, mine);
        if (other == null) {
            UUID queryId = QueryIds.at(Instant.now());
            idempotency
                    .begin(request, queryId)
                    .thenCompose(known -> known.queryId().equals(queryId)
                            ? carryOut(request, queryId, start)
                            : repeat(request, known))
                    .whenComplete((ending, failure) -> {
                        running.remove(place, mine);
                        if (failure == null) {
                            mine.ending.complete(ending);
                        } else {
                            mine.ending.completeExceptionally(unwrapped(failure));
                        }
                    });
            // A copy: the caller who hangs up cancels what it waits for, and others may wait as well.
            return HandOver.of(mine.ending::copy, this::abandoned).chain(this::response);
        }
        if (!other.fingerprint.equals(request.fingerprint())) {
            throw Refusal.of(
                    Reason.CONFLICT,
                    "The " + IdempotentRequest.HEADER + " belongs to another request, which is under way.");
        }
        return join(other);
    }

    /** Its caller has hung up: nobody reads its rows, but whoever sends it again is told to look it up. */
    private void abandoned(Ending ending) {
        if (ending instanceof Ending.Answered answered) {
            answers.recorded(answered.answer);
            ImmediateAnswers.close(answered.answer);
        }
    }

    private Uni<Response> join(Running other) {
        if (joined.incrementAndGet() > maxJoined) {
            joined.decrementAndGet();
            throw Refusal.unavailable("Too many requests wait for others here.", SOON);
        }
        return Uni.createFrom()
                .completionStage(other.ending.thenApply(RepeatableImmediates::again))
                .onTermination()
                .invoke(joined::decrementAndGet)
                .chain(this::response);
    }

    private CompletionStage<Ending> carryOut(
            IdempotentRequest request, UUID queryId, Function<UUID, ImmediateQueries.Running> start) {
        CompletionStage<Answer> answer;
        try {
            answer = start.apply(queryId).answer();
        } catch (Refusal refusal) {
            answer = CompletableFuture.failedFuture(refusal);
        }
        return answer.handle((end, failure) -> failure == null
                        ? written(keep(request, end)).thenApply(done -> (Ending) new Ending.Answered(end))
                        : written(idempotency.release(request, queryId))
                                .thenCompose(done -> CompletableFuture.<Ending>failedFuture(unwrapped(failure))))
                .thenCompose(Function.identity());
    }

    private CompletionStage<Void> keep(IdempotentRequest request, Answer answer) {
        int status = ImmediateAnswers.status(answer.outcome());
        if (status == Reason.FORBIDDEN.status()) {
            // The Link has refused it as a check here would have.
            return idempotency.release(request, answer.query().id());
        }
        return hasValues(answer.outcome())
                ? idempotency.notKept(request, answer.query().id())
                : idempotency.answered(request, answer.query().id(), status, answers.json(answer));
    }

    private static boolean hasValues(Outcome outcome) {
        return outcome instanceof Outcome.Rows
                || outcome instanceof Outcome.Affected affected
                        && !affected.parameters().isEmpty();
    }

    /** The answer does not depend on it: what is not written down leaves a key whose outcome is not known. */
    private CompletionStage<Void> written(CompletionStage<Void> write) {
        return write.toCompletableFuture()
                .orTimeout(config.writeBeforeAnswer().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> {
                    LOG.warnf(
                            "event=idempotentEndNotWritten error=%s",
                            unwrapped(failure).getClass().getSimpleName());
                    return null;
                });
    }

    /** Of a request that another gateway carries out, or that has ended. */
    private CompletionStage<Ending> repeat(IdempotentRequest request, KnownRequest known) {
        return switch (known.state()) {
            case ANSWERED -> CompletableFuture.completedFuture(new Ending.Kept(known.httpStatus(), known.answer()));
            case NOT_KEPT -> CompletableFuture.failedFuture(notKept(known.queryId()));
            case BEGUN ->
                known.ageMillis() > longestRun.toMillis()
                        ? CompletableFuture.failedFuture(Refusal.of(
                                Reason.CONFLICT,
                                "The outcome of the query " + known.queryId()
                                        + ", which was sent with this key, is not known. Look before repeating it with"
                                        + " another key."))
                        : lookAgain(request);
        };
    }

    private CompletionStage<Ending> lookAgain(IdempotentRequest request) {
        Executor later = CompletableFuture.delayedExecutor(config.lookInterval().toMillis(), TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(() -> idempotency.look(request), later)
                .thenCompose(Function.identity())
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        unwrapped(failure) instanceof Refusal refusal && refusal.reason() == Reason.NOT_FOUND
                                ? Refusal.unavailable("The first request with this key was not attempted.", SOON)
                                : unwrapped(failure)))
                .thenCompose(known -> repeat(request, known));
    }

    private static Ending again(Ending ending) {
        if (!(ending instanceof Ending.Answered answered) || answered.answer.rows() == null) {
            return ending;
        }
        Answer answer = answered.answer;
        RowSource rows =
                answer.rows().again().orElseThrow(() -> notKept(answer.query().id()));
        return new Ending.Answered(new Answer(answer.query(), answer.outcome(), rows, answer.completedAt()));
    }

    private static Refusal notKept(UUID queryId) {
        return Refusal.of(
                Reason.CONFLICT,
                "The query " + queryId + " was sent with this key and has ended; what it gave is not kept.");
    }

    private Uni<Response> response(Ending ending) {
        return ending instanceof Ending.Answered answered
                ? answers.toResponse(answered.answer)
                : Uni.createFrom().item(kept((Ending.Kept) ending));
    }

    private static Response kept(Ending.Kept kept) {
        return Response.status(kept.httpStatus)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(kept.json)
                .build();
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
