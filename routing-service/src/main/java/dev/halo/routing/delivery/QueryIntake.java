package dev.halo.routing.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.messaging.KafkaRecords;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.routing.metric.BridgeMetrics;
import dev.halo.routing.metric.BridgeMetrics.Dropped;
import dev.halo.routing.outcome.QueryReports;
import dev.halo.routing.outcome.QueryReports.Address;
import dev.halo.routing.session.Delivery;
import dev.halo.routing.session.LinkSession;
import dev.halo.routing.session.SessionClock;
import dev.halo.routing.session.Sessions;
import dev.halo.routing.site.LinkRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;

/**
 * What arrives on this instance's partition of {@code halo.queries}: each query is forwarded to exactly the session that
 * its record names, or handed back. Nothing is kept and nothing is tried again here; that is the gateway's.
 */
public final class QueryIntake implements Consumer<ConsumerRecord<String, byte[]>> {

    private static final Logger LOG = Logger.getLogger(QueryIntake.class);

    private final Sessions sessions;
    private final Ownership ownership;
    private final LinkRegistry registry;
    private final QueryReports reports;
    private final BridgeMetrics metrics;
    private final SessionClock clock;

    /** Whether a session that is not here may be said to be nowhere. */
    @FunctionalInterface
    public interface Ownership {
        /** Completes with false where another instance may have the session; never fails. */
        CompletionStage<Boolean> mayRelease(UUID sessionId);
    }

    public QueryIntake(
            Sessions sessions,
            Ownership ownership,
            LinkRegistry registry,
            QueryReports reports,
            BridgeMetrics metrics,
            SessionClock clock) {
        this.sessions = sessions;
        this.ownership = ownership;
        this.registry = registry;
        this.reports = reports;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Never throws for what is in a record. */
    @Override
    public void accept(ConsumerRecord<String, byte[]> record) {
        MessageHeaders.Parsed parsed = KafkaRecords.headers(record);
        long age = KafkaRecords.ageMillis(record, clock.now().toEpochMilli());
        metrics.recordAge(age);
        if (record.value() == null) {
            malformed(record, "no value");
        } else if (parsed instanceof MessageHeaders.Parsed.Invalid invalid) {
            malformed(record, invalid.reason());
        } else if (parsed instanceof MessageHeaders.Parsed.Valid valid) {
            read(record, valid.headers(), age);
        }
    }

    private void read(ConsumerRecord<String, byte[]> record, MessageHeaders headers, long age) {
        try {
            if (headers.type() == MessageType.QUERY) {
                query(Json.read(record.value(), QueryRequest.class), headers, age);
            } else if (headers.type() == MessageType.CANCEL) {
                cancel(Json.read(record.value(), CancelRequest.class), headers);
            } else if (headers.type() == MessageType.REGISTER) {
                register(Json.read(record.value(), RegisteredRequest.class), headers, age);
            } else {
                metrics.dropped(Dropped.UNEXPECTED_RECORD);
                LOG.warnf("event=recordUnexpected type=%s offset=%d", headers.type(), record.offset());
            }
        } catch (MalformedMessage e) {
            malformed(record, e.getMessage());
        }
    }

    private void query(QueryRequest request, MessageHeaders headers, long age) {
        Address address = new Address(
                request.queryId(),
                request.integratorId(),
                headers.linkId(),
                headers.sessionId(),
                request.replySlot(),
                headers.traceparent());
        if (!request.queryId().equals(headers.queryId())
                || !request.integratorId().equals(headers.integratorId())
                || headers.sessionId() == null) {
            metrics.dropped(Dropped.MALFORMED_RECORD);
            release(address, ReleaseCause.UNUSABLE);
        } else if (headers.remainingMillis() != null && headers.remainingMillis() - age <= 0) {
            release(address, ReleaseCause.UNUSABLE);
        } else {
            find(request.withQueueMillis(request.queueMillis() - age), headers, address);
        }
    }

    private void find(QueryRequest request, MessageHeaders headers, Address address) {
        LinkSession session = session(headers);
        if (session == null) {
            releaseUnknown(headers.sessionId(), address);
        } else if (registry.isServed(request.siteId(), session.linkId())) {
            forward(session, request, address);
        } else {
            // The gateway may have read of the site before this bridge did: one look at what is new.
            registry.catchUp().whenComplete((reached, failure) -> {
                if (registry.isServed(request.siteId(), session.linkId())) {
                    forward(session, request, address);
                } else {
                    LOG.warnf(
                            "event=queryReleased cause=%s link=%s site=%s query=%s",
                            ReleaseCause.NOT_THE_LINKS_SITE, session.linkId(), request.siteId(), request.queryId());
                    release(address, ReleaseCause.NOT_THE_LINKS_SITE);
                }
            });
        }
    }

    /**
     * Says that nobody attempted the query, once it is certain: a newer owner of this slot reads the same partition and
     * may have forwarded it.
     */
    private void releaseUnknown(UUID sessionId, Address address) {
        ownership.mayRelease(sessionId).thenAccept(certain -> {
            if (certain) {
                release(address, sessions.isDraining() ? ReleaseCause.DRAINING : ReleaseCause.NO_SUCH_SESSION);
            } else {
                metrics.dropped(Dropped.NOT_CERTAINLY_OURS);
                LOG.warnf("event=queryLeftAlone query=%s session=%s", address.queryId(), sessionId);
            }
        });
    }

    private void forward(LinkSession session, QueryRequest request, Address address) {
        Delivery delivery = session.deliver(request, address.traceparent());
        if (delivery instanceof Delivery.Refused refused) {
            release(address, refused.cause());
        } else if (delivery instanceof Delivery.AlreadySent) {
            metrics.dropped(Dropped.DUPLICATE_QUERY);
        }
    }

    /** Whoever registers sends it again until the Link has confirmed it: what cannot be forwarded now is only counted. */
    private void register(RegisteredRequest request, MessageHeaders headers, long age) {
        if (!request.queryId().equals(headers.queryId()) || headers.sessionId() == null) {
            metrics.dropped(Dropped.MALFORMED_RECORD);
            return;
        }
        LinkSession session = session(headers);
        if (session == null) {
            metrics.dropped(Dropped.REGISTER_NOT_DELIVERED);
        } else if (registry.isServed(request.siteId(), session.linkId())) {
            register(session, request.after(age));
        } else {
            registry.catchUp().whenComplete((reached, failure) -> {
                if (registry.isServed(request.siteId(), session.linkId())) {
                    register(session, request.after(age));
                } else {
                    metrics.dropped(Dropped.REGISTER_NOT_DELIVERED);
                }
            });
        }
    }

    private void register(LinkSession session, RegisteredRequest request) {
        if (!session.register(request)) {
            metrics.dropped(Dropped.REGISTER_NOT_DELIVERED);
        }
    }

    private void cancel(CancelRequest request, MessageHeaders headers) {
        LinkSession session = session(headers);
        if (session == null || !session.cancel(request)) {
            // Whoever cancels tells its caller without waiting for the Link; there is nobody to answer.
            metrics.dropped(Dropped.CANCEL_WITHOUT_SESSION);
        }
    }

    /** Exactly the session that the record names, and of the Link that it names; else null. */
    private LinkSession session(MessageHeaders headers) {
        if (headers.sessionId() == null) {
            return null;
        }
        return sessions.find(headers.sessionId())
                .filter(session -> headers.linkId() == null || session.linkId().equals(headers.linkId()))
                .orElse(null);
    }

    private void release(Address address, ReleaseCause cause) {
        LOG.debugf("event=queryReleased cause=%s query=%s", cause, address.queryId());
        reports.release(address, cause).exceptionally(failure -> {
            LOG.warnf(
                    "event=releaseNotPublished query=%s error=%s",
                    address.queryId(), failure.getClass().getSimpleName());
            return null;
        });
    }

    /** Counts it, and answers where at least a query's id and the slot that waits can be read. */
    private void malformed(ConsumerRecord<String, byte[]> record, String reason) {
        metrics.dropped(Dropped.MALFORMED_RECORD);
        LOG.warnf(
                "event=recordMalformed partition=%d offset=%d reason=\"%s\"",
                record.partition(), record.offset(), reason);
        Address address = addressIn(record);
        if (address != null) {
            release(address, ReleaseCause.UNUSABLE);
        }
    }

    private static Address addressIn(ConsumerRecord<String, byte[]> record) {
        byte[] value = record.value();
        if (value == null || value.length > FrameCodec.MAX_HEADER_BYTES) {
            return null;
        }
        try {
            JsonNode tree = Json.readerFor(JsonNode.class).readTree(value);
            JsonNode slot = tree.path("replySlot");
            if (!slot.isInt() || !QueryReports.isReplySlot(slot.intValue())) {
                return null;
            }
            UUID queryId = UUID.fromString(tree.path("queryId").asText());
            return new Address(
                    queryId,
                    headerId(record, MessageHeaders.INTEGRATOR_ID),
                    headerId(record, MessageHeaders.LINK_ID),
                    headerId(record, MessageHeaders.SESSION_ID),
                    slot.intValue(),
                    null);
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    /** One header of a record of which others may be wrong; null where it is. */
    private static UUID headerId(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        try {
            return header == null ? null : UUID.fromString(new String(header.value(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
