package dev.halo.gateway.registered;

import dev.halo.gateway.lifecycle.ResultHandler;
import dev.halo.gateway.lifecycle.ResultRecord;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.session.SessionOpened;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/** What the Links report of registered queries. Ids of other queries change nothing here. */
@ApplicationScoped
class RegisteredEvents implements ResultHandler {

    private static final Logger LOG = Logger.getLogger(RegisteredEvents.class);
    private static final CompletionStage<Void> NOTHING = CompletableFuture.completedFuture(null);

    private final LinkSide linkSide;
    private final RunStore runs;
    private final RegistrationDelivery delivery;
    private final MeterRegistry metrics;

    RegisteredEvents(LinkSide linkSide, RunStore runs, RegistrationDelivery delivery, MeterRegistry metrics) {
        this.linkSide = linkSide;
        this.runs = runs;
        this.delivery = delivery;
        this.metrics = metrics;
    }

    @Override
    public Set<MessageType> types() {
        return Set.of(MessageType.RUN, MessageType.QUEUED, MessageType.OUTCOME, MessageType.SESSION_OPENED);
    }

    @Override
    public CompletionStage<Void> handle(ResultRecord record) {
        UUID queryId = record.headers().queryId();
        UUID linkId = record.headers().linkId();
        if (record.headers().type() == MessageType.SESSION_OPENED) {
            return opened(Json.read(valueOf(record), SessionOpened.class), linkId);
        }
        if (queryId == null || linkId == null) {
            throw new MalformedMessage("a report without query or Link");
        }
        return switch (record.headers().type()) {
            case RUN -> ran(Json.read(valueOf(record), RegisteredRun.class), queryId, linkId);
            case QUEUED -> linkSide.confirmed(queryId, linkId, record.headers().sessionId());
            case OUTCOME ->
                ended(OutcomeCodec.decode(ByteBuffer.wrap(valueOf(record))).outcome(), queryId, linkId);
            default -> NOTHING;
        };
    }

    private static byte[] valueOf(ResultRecord record) {
        if (record.value() == null) {
            throw new MalformedMessage("a report without its value");
        }
        return record.value();
    }

    private CompletionStage<Void> opened(SessionOpened opened, UUID linkId) {
        if (!opened.linkId().equals(linkId)) {
            throw new MalformedMessage("a session without its Link");
        }
        delivery.opened(opened.linkId(), opened.sessionId());
        return opened.held().isEmpty()
                ? NOTHING
                : linkSide.ended(opened.held(), opened.linkId())
                        .thenAccept(places -> delivery.cancel(places, LinkErrorCode.CANCELLED));
    }

    private CompletionStage<Void> ran(RegisteredRun run, UUID queryId, UUID linkId) {
        if (!run.registeredId().equals(queryId)) {
            throw new MalformedMessage("a run of another query than its header names");
        }
        return runs.apply(run, linkId).thenCompose(applied -> {
            metrics.counter("halo.gateway.registered.run", "outcome", outcome(applied, run))
                    .increment();
            return switch (applied) {
                case FOREIGN -> {
                    LOG.errorf("event=registeredForeign alarm=foreignLink queryId=%s linkId=%s", queryId, linkId);
                    yield NOTHING;
                }
                // The Link has not heard of the end, or has forgotten it.
                case ENDED ->
                    linkSide.ended(List.of(queryId), linkId)
                            .thenAccept(places -> delivery.cancel(places, LinkErrorCode.CANCELLED));
                case APPLIED, OLD, UNKNOWN -> NOTHING;
            };
        });
    }

    private static String outcome(RunStore.Applied applied, RegisteredRun run) {
        if (applied != RunStore.Applied.APPLIED) {
            return applied.name().toLowerCase(Locale.ROOT);
        }
        if (run.outcome() instanceof Outcome.Failed) {
            return "failed";
        }
        return run.changed() ? "changed" : "unchanged";
    }

    private CompletionStage<Void> ended(Outcome outcome, UUID queryId, UUID linkId) {
        if (outcome instanceof Outcome.Released) {
            return linkSide.sendAgain(queryId, linkId);
        }
        if (!(outcome instanceof Outcome.Failed failed)) {
            return NOTHING;
        }
        QueryFailure failure = failed.failure();
        boolean isCancelled = failure.is(LinkErrorCode.CANCELLED)
                || failure.is(LinkErrorCode.SITE_SUPERSEDED)
                || failure.is(LinkErrorCode.INTEGRATOR_DISABLED);
        return linkSide.endedByLink(
                queryId,
                linkId,
                isCancelled ? Registration.Status.CANCELLED : Registration.Status.NEVER_BEGAN,
                failure);
    }
}
