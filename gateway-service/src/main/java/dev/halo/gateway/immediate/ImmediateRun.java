package dev.halo.gateway.immediate;

import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.query.ImmediateQuery;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.RequestReply;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.Availability;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * One immediate query from its admission to its end. It is sent to the Link's current session, sent again if it was
 * handed back and there is another session, and waits a little where there is none. Whatever happens it ends once.
 */
final class ImmediateRun {

    /** The end as the run sees it; rows that the Link has stored are still to be fetched. */
    record End(Outcome outcome, ByteBuffer inlineRows) {}

    private final ImmediateQuery query;
    private final QueryRequest request;
    private final UUID linkId;
    private final String traceparent;
    private final Surroundings around;
    private final long startedAt;
    private final long deadline;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private Phase phase = new Phase.Starting();
    private Long parkedSince;
    private UUID refusedBy;
    private boolean toldOfEnd;

    ImmediateRun(ImmediateQuery query, QueryRequest request, UUID linkId, String traceparent, Surroundings around) {
        this.query = query;
        this.request = request;
        this.linkId = linkId;
        this.traceparent = traceparent;
        this.around = around;
        this.startedAt = around.nanos();
        this.deadline = startedAt + around.totalWait(query.maxTimeInQueue()).toNanos();
    }

    ImmediateQuery query() {
        return query;
    }

    UUID linkId() {
        return linkId;
    }

    /** Fails with {@link Refusal} where nothing was attempted. */
    CompletionStage<End> end() {
        return end;
    }

    /** Sends it, parks it or refuses it. */
    synchronized void start() {
        proceed();
    }

    /** Looks whether the Link's session has changed or a wait is over. Called often, by any thread. */
    synchronized void look() {
        if (phase instanceof Phase.Parked) {
            proceed();
        } else if (phase instanceof Phase.Sent sent) {
            watch(sent);
        }
    }

    /**
     * Looks whether it may still run: a practice that disables an integrator ends what runs for it, and what waits for a
     * superseded site has nothing to wait for. What may write has its end from the Link, which knows what was committed.
     */
    synchronized void checkPolicy() {
        LinkErrorCode why = phase instanceof Phase.Ended ? null : around.forbidden(request);
        if (why == null) {
            return;
        }
        if (!(phase instanceof Phase.Sent sent)) {
            refuse(why == LinkErrorCode.INTEGRATOR_DISABLED ? SiteChecks.notEnabled() : SiteChecks.superseded());
        } else if (why == LinkErrorCode.INTEGRATOR_DISABLED
                && !request.command().mayWrite()) {
            finish(new Outcome.Failed(why.failure("The practice has disabled the integrator."), null));
            around.cancel(request, sent.heldBy(), why);
        } else if (why == LinkErrorCode.INTEGRATOR_DISABLED && !toldOfEnd) {
            toldOfEnd = true;
            around.tell(request, sent.heldBy(), why);
        }
    }

    /** The caller has hung up: nobody needs the answer. */
    synchronized void abandon() {
        if (phase instanceof Phase.Sent sent) {
            finish(new Outcome.Failed(Verdicts.callerGone(request.command()), null));
            around.cancel(request, sent.heldBy(), LinkErrorCode.CANCELLED);
        } else if (!(phase instanceof Phase.Ended)) {
            refuse(Verdicts.notReached(Availability.ONLINE));
        }
    }

    private void proceed() {
        LinkPresence presence = around.presence(linkId);
        if (presence instanceof LinkPresence.Connected connected
                && !connected.session().sessionId().equals(refusedBy)) {
            send(connected.session());
            return;
        }
        Availability availability = around.availability(linkId);
        if (availability != Availability.ONLINE || !park()) {
            refuse(Verdicts.notReached(availability));
        }
    }

    /** The time that a run may park counts from the first time it does. */
    private boolean park() {
        if (parkedSince == null) {
            parkedSince = around.nanos();
        }
        if (around.nanos() - parkedSince >= around.parking().toNanos()) {
            return false;
        }
        if (!(phase instanceof Phase.Parked)) {
            if (!around.admission().park()) {
                return false;
            }
            phase = new Phase.Parked();
        }
        return true;
    }

    private void enter(Phase next) {
        if (phase instanceof Phase.Parked) {
            around.admission().unpark();
        }
        phase = next;
    }

    private void send(SessionRecord.Open session) {
        Duration left = Duration.ofNanos(deadline - around.nanos());
        long waited = Duration.ofNanos(around.nanos() - startedAt).toMillis();
        enter(new Phase.Sent(session, null));
        around.send(request.withQueueMillis(query.maxTimeInQueue() - waited), session, left, traceparent)
                .whenComplete((reply, failure) -> {
                    if (failure == null) {
                        replied(session, reply);
                    } else {
                        failed(failure instanceof CompletionException ? failure.getCause() : failure);
                    }
                });
    }

    /**
     * A session that broke gets a little time to come back with the outcome, from its loss and once more from the next
     * session on. One that was replaced by a newer one is a handover: the Link goes on with what it has.
     */
    private void watch(Phase.Sent sent) {
        LinkPresence presence = around.presence(linkId);
        if (presence instanceof LinkPresence.Connected connected) {
            SessionRecord.Open now = connected.session();
            if (!now.sessionId().equals(sent.heldBy().sessionId())) {
                Long lostAt = sent.lostAtNanos() == null ? null : (Long) around.nanos();
                sent = new Phase.Sent(now, lostAt);
                enter(sent);
            }
        } else if (sent.lostAtNanos() == null) {
            sent = new Phase.Sent(sent.heldBy(), around.nanos());
            enter(sent);
        }
        if (sent.lostAtNanos() != null
                && around.nanos() - sent.lostAtNanos()
                        >= around.lostSessionGrace().toNanos()) {
            finish(new Outcome.Failed(Verdicts.sessionLost(request.command()), null));
            around.cancel(request, sent.heldBy(), LinkErrorCode.CANCELLED);
        }
    }

    private synchronized void replied(SessionRecord.Open session, RequestReply.Reply reply) {
        if (!(phase instanceof Phase.Sent)) {
            return;
        }
        OutcomeCodec.Decoded decoded;
        try {
            decoded = OutcomeCodec.decode(reply.value());
        } catch (MalformedMessage e) {
            finish(new Outcome.Failed(Verdicts.unreadable(request.command()), null));
            return;
        }
        if (decoded.outcome() instanceof Outcome.Released released) {
            released(session, released.cause());
        } else {
            finish(decoded.outcome(), decoded.rows());
        }
    }

    private void released(SessionRecord.Open session, Outcome.ReleaseCause cause) {
        around.released(cause);
        switch (cause) {
            case NO_CREDIT -> refuse(Verdicts.siteBusy());
            case NOT_THE_LINKS_SITE, UNUSABLE -> refuse(Verdicts.notReached(Availability.ONLINE));
            case NO_SUCH_SESSION, DRAINING, NOT_SENT, LINK_STOPPING -> {
                refusedBy = session.sessionId();
                proceed();
            }
        }
    }

    private synchronized void failed(Throwable failure) {
        if (!(phase instanceof Phase.Sent sent)) {
            return;
        }
        if (failure instanceof RequestReply.NoReply none) {
            switch (none.reason()) {
                case TOO_MANY_PENDING -> refuse(Verdicts.overloaded());
                case TIMED_OUT -> {
                    finish(new Outcome.Failed(Verdicts.timedOut(request.command()), null));
                    around.cancel(request, sent.heldBy(), LinkErrorCode.CANCELLED);
                }
                case NOT_PUBLISHED, ABANDONED, CLOSED -> notPublished();
            }
        } else {
            around.unexpected(failure);
            notPublished();
        }
    }

    /** The record may have got through all the same, which only matters for what can write. */
    private void notPublished() {
        if (request.command().mayWrite()) {
            finish(new Outcome.Failed(Verdicts.unknown(), null));
        } else {
            refuse(Verdicts.overloaded());
        }
    }

    private void refuse(Refusal refusal) {
        if (over()) {
            end.completeExceptionally(refusal);
        }
    }

    private void finish(Outcome outcome) {
        finish(outcome, ByteBuffer.allocate(0));
    }

    private void finish(Outcome outcome, ByteBuffer rows) {
        if (over()) {
            end.complete(new End(outcome, rows));
        }
    }

    private boolean over() {
        if (phase instanceof Phase.Ended) {
            return false;
        }
        enter(new Phase.Ended());
        return true;
    }
}
