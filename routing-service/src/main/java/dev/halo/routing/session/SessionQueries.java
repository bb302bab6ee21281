package dev.halo.routing.session;

import dev.halo.messaging.KafkaRecords;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.topic.Topic;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.metric.BridgeMetrics.Dropped;
import dev.halo.routing.outcome.QueryReports.Address;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jboss.logging.Logger;

/**
 * The queries of one session: forwarded within the credit of their sites, remembered until they end. The memory serves
 * credit, and tells an outcome that does not fit its query; an outcome of a query that another session or bridge had
 * forwarded is passed on all the same, because the gateway decides by the Link's id in its headers. Thread-safe.
 */
final class SessionQueries {

    private static final Logger LOG = Logger.getLogger(SessionQueries.class);

    /** Room for headers and key in a record's bound. */
    private static final int RECORD_OVERHEAD = 8 * 1024;

    private static final int MAX_OUTCOME_BYTES = Topic.REPLIES.maxMessageBytes() - RECORD_OVERHEAD;
    private static final int MIN_OUTCOME_BYTES = 6;

    private final UUID sessionId;
    private final UUID linkId;
    private final LinkSocket socket;
    private final BridgeContext bridge;
    private final CreditLedger ledger;

    /** Ends and runs that are on their way into the log, whose acknowledgement the Link waits for. */
    private final AtomicInteger unacknowledged = new AtomicInteger();

    SessionQueries(UUID sessionId, UUID linkId, LinkSocket socket, BridgeContext bridge) {
        this.sessionId = sessionId;
        this.linkId = linkId;
        this.socket = socket;
        this.bridge = bridge;
        RoutingConfig.Session bounds = bridge.config().session();
        this.ledger = new CreditLedger(bounds.maxSites(), bounds.maxCredit(), bounds.maxUnfinished());
    }

    /** Forwards a query whose site was found to be the Link's. */
    Delivery deliver(QueryRequest request, String traceparent) {
        long now = bridge.clock().nanos();
        SentQuery query = new SentQuery(
                request.queryId(),
                request.siteId(),
                request.integratorId(),
                request.mode(),
                request.replySlot(),
                traceparent,
                now,
                now
                        + request.queueMillis() * 1_000_000
                        + bridge.config().session().unfinishedGrace().toNanos());
        synchronized (ledger) {
            switch (ledger.reserve(query)) {
                case NO_CREDIT:
                    return new Delivery.Refused(ReleaseCause.NO_CREDIT);
                case ALREADY_SENT:
                    return new Delivery.AlreadySent();
                default:
                    break;
            }
        }
        // Encoding up to a megabyte is not done under the lock, which the socket's event loop needs as well.
        ByteBuffer message;
        try {
            message = FrameCodec.encode(new Frame.Query(request, trace(traceparent)));
        } catch (IllegalArgumentException e) {
            finish(request.queryId());
            return new Delivery.Refused(ReleaseCause.UNUSABLE);
        }
        if (!socket.send(message, () -> notSent(request.queryId()))) {
            finish(request.queryId());
            return new Delivery.Refused(ReleaseCause.NOT_SENT);
        }
        bridge.metrics().delivered();
        return new Delivery.Sent();
    }

    /** Forwards a registered query; it uses no credit, and its gateway sends it again until the Link has confirmed it. */
    boolean register(RegisteredRequest request) {
        ByteBuffer message;
        try {
            message = FrameCodec.encode(new Frame.Register(request));
        } catch (IllegalArgumentException e) {
            return false;
        }
        boolean sent = socket.send(message, () -> {});
        if (sent) {
            bridge.metrics().registered();
        }
        return sent;
    }

    /** Forwards a cancel; a query that is not known here may still be at the Link. */
    boolean cancel(UUID queryId, LinkErrorCode cause) {
        boolean sent = socket.send(FrameCodec.encode(new Frame.Cancel(queryId, cause)), () -> {});
        if (sent) {
            bridge.metrics().cancelled();
        }
        return sent;
    }

    /**
     * Takes a site's credit. Whether the site is the Link's is asked when a query comes, because a site just announced
     * may not be known here yet.
     */
    void credit(Frame.Credit credit) {
        boolean taken;
        synchronized (ledger) {
            taken = ledger.credit(credit.siteId(), credit.unfinished());
        }
        if (!taken) {
            bridge.metrics().dropped(Dropped.UNEXPECTED_FRAME);
        }
    }

    void progress(UUID queryId, UUID siteId, MessageType type) {
        if (isOwn(siteId, type.wire())) {
            bridge.reports()
                    .progress(addressOfProgress(queryId), type)
                    .whenComplete((metadata, failure) -> reportFailure(queryId, failure));
        }
    }

    void uploading(Frame.Uploading uploading) {
        if (isOwn(uploading.siteId(), MessageType.UPLOADING.wire())) {
            bridge.reports()
                    .uploading(addressOfProgress(uploading.queryId()), uploading.produced())
                    .whenComplete((metadata, failure) -> reportFailure(uploading.queryId(), failure));
        }
    }

    private Address addressOfProgress(UUID queryId) {
        SentQuery query;
        synchronized (ledger) {
            query = ledger.find(queryId);
        }
        return address(queryId, query, query == null ? null : query.integratorId(), QueryRequest.NO_REPLY_SLOT);
    }

    /** Passes a registered query's run on and acknowledges it once it is in the log. */
    void ran(Frame.Ran ran) {
        if (!isOwn(ran.siteId(), MessageType.RUN.wire())) {
            return;
        }
        UUID registeredId = ran.run().registeredId();
        unacknowledged.incrementAndGet();
        acknowledged(
                () -> bridge.reports()
                        .run(address(registeredId, null, ran.integratorId(), QueryRequest.NO_REPLY_SLOT), ran.run()),
                registeredId,
                ran.run().runId());
    }

    /** Passes an outcome on and acknowledges it once it is in the log. */
    void ended(Frame.Ended ended, ByteBuffer body) {
        if (!isOwn(ended.siteId(), "ended")) {
            return;
        }
        SentQuery query;
        synchronized (ledger) {
            query = ledger.find(ended.queryId());
            if (query == null || fits(ended, query)) {
                // Before it is finished, so that a drain sees one or the other.
                unacknowledged.incrementAndGet();
                ledger.finish(ended.queryId());
            }
        }
        if (query != null && !fits(ended, query)) {
            bridge.metrics().dropped(Dropped.FORGED_OUTCOME);
            LOG.errorf(
                    "event=outcomeDropped alarm=forgedOutcome link=%s session=%s query=%s",
                    linkId, sessionId, ended.queryId());
            return;
        }
        count(query);
        Address address = address(ended.queryId(), query, ended.integratorId(), ended.replySlot());
        acknowledged(() -> bridge.reports().outcome(address, carried(ended, body)), ended.queryId(), ended.queryId());
    }

    /**
     * Acknowledges what was counted as unacknowledged once its report is in the log. Where it does not get there, the Link
     * keeps it and says it again in its next session; this one must not wait for it when it drains.
     *
     * @param id of what is acknowledged
     */
    private void acknowledged(Supplier<CompletionStage<RecordMetadata>> report, UUID queryId, UUID id) {
        CompletionStage<RecordMetadata> reported;
        try {
            reported = report.get();
        } catch (RuntimeException e) {
            reported = CompletableFuture.failedFuture(e);
        }
        reported.whenComplete((metadata, failure) -> {
            if (failure == null) {
                acknowledge(id);
            } else {
                reportFailure(queryId, failure);
            }
            unacknowledged.decrementAndGet();
        });
    }

    /** Gives credit back for queries whose outcome did not come in time. */
    void forget(long nowNanos) {
        List<SentQuery> forgotten;
        synchronized (ledger) {
            forgotten = ledger.forget(nowNanos);
        }
        if (!forgotten.isEmpty()) {
            bridge.metrics().abandoned(forgotten.size());
            LOG.warnf("event=queriesAbandoned link=%s session=%s queries=%d", linkId, sessionId, forgotten.size());
        }
    }

    int unfinished() {
        synchronized (ledger) {
            return ledger.unfinished();
        }
    }

    /** Whether no query runs in this session and no end or run waits for its acknowledgement. */
    boolean isIdle() {
        return unfinished() == 0 && unacknowledged.get() == 0;
    }

    /** A message whose last byte never left cannot have been read: the query was not attempted. */
    private void notSent(UUID queryId) {
        SentQuery query = finish(queryId);
        if (query != null) {
            bridge.reports()
                    .release(address(queryId, query, query.integratorId(), query.replySlot()), ReleaseCause.NOT_SENT);
        }
    }

    private SentQuery finish(UUID queryId) {
        synchronized (ledger) {
            return ledger.finish(queryId);
        }
    }

    private byte[] carried(Frame.Ended ended, ByteBuffer body) {
        if (body.remaining() >= MIN_OUTCOME_BYTES && body.remaining() <= MAX_OUTCOME_BYTES) {
            return KafkaRecords.bytes(body);
        }
        LOG.errorf(
                "event=outcomeReplaced link=%s session=%s query=%s bytes=%d",
                linkId, sessionId, ended.queryId(), body.remaining());
        Outcome failed = new Outcome.Failed(
                LinkErrorCode.OUTCOME_UNKNOWN.failure("The agent's answer could not be carried: it is "
                        + body.remaining() + " bytes long. The statement may have run."),
                Timing.NONE);
        return KafkaRecords.bytes(OutcomeCodec.encode(failed));
    }

    private void acknowledge(UUID queryId) {
        if (!socket.send(FrameCodec.encode(new Frame.EndedAck(queryId)), () -> {})) {
            // The Link keeps the outcome and sends it again in its next session; gateways take it once.
            bridge.metrics().dropped(Dropped.CONGESTED_REPLY);
        }
    }

    private void count(SentQuery query) {
        if (query == null) {
            bridge.metrics().endedUnasked();
        } else {
            bridge.metrics().ended(bridge.clock().nanos() - query.sentAtNanos());
        }
    }

    private static boolean fits(Frame.Ended ended, SentQuery query) {
        return query.siteId().equals(ended.siteId())
                && query.replySlot() == ended.replySlot()
                && query.integratorId().equals(ended.integratorId());
    }

    private boolean isOwn(UUID siteId, String what) {
        if (bridge.registry().belongs(siteId, linkId)) {
            return true;
        }
        bridge.metrics().dropped(Dropped.FOREIGN_SITE);
        LOG.errorf(
                "event=frameDropped alarm=foreignSite link=%s session=%s site=%s frame=%s",
                linkId, sessionId, siteId, what);
        return false;
    }

    private Address address(UUID queryId, SentQuery query, UUID integratorId, int replySlot) {
        return new Address(
                queryId, integratorId, linkId, sessionId, replySlot, query == null ? null : query.traceparent());
    }

    private void reportFailure(UUID queryId, Throwable failure) {
        if (failure != null) {
            LOG.warnf(
                    "event=reportNotPublished link=%s session=%s query=%s error=%s",
                    linkId, sessionId, queryId, failure.getClass().getSimpleName());
        }
    }

    private static Map<String, String> trace(String traceparent) {
        return traceparent == null ? Map.of() : Map.of(MessageHeaders.TRACEPARENT, traceparent);
    }
}
