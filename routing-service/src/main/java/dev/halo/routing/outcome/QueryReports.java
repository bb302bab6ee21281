package dev.halo.routing.outcome;

import dev.halo.messaging.KafkaRecords;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.topic.Topic;
import dev.halo.routing.metric.BridgeMetrics;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * What the bridge says about queries: outcomes to the slot of the gateway that waits, or to {@code halo.results} where
 * none does; progress to {@code halo.results}.
 */
public final class QueryReports {

    private final RecordPublisher publisher;
    private final BridgeMetrics metrics;
    private final String replies;
    private final String results;

    public QueryReports(RecordPublisher publisher, BridgeMetrics metrics, String topicPrefix) {
        this.publisher = publisher;
        this.metrics = metrics;
        this.replies = Topic.REPLIES.name(topicPrefix);
        this.results = Topic.RESULTS.name(topicPrefix);
    }

    /**
     * Whom an outcome is about and for.
     *
     * @param integratorId null where it could not be read
     * @param linkId from the session's token; of a released query the Link that its record named
     * @param replySlot as in the request
     * @param traceparent null where there is none
     */
    public record Address(
            UUID queryId, UUID integratorId, UUID linkId, UUID sessionId, int replySlot, String traceparent) {

        MessageHeaders headers(MessageType type) {
            return new MessageHeaders(type, queryId, integratorId, linkId, sessionId, null, traceparent);
        }
    }

    /** Whether a slot can be answered to at all. */
    public static boolean isReplySlot(int slot) {
        return slot >= QueryRequest.NO_REPLY_SLOT && slot < Topic.SLOTS;
    }

    /** Hands a query back: nobody attempted it and this bridge never will. */
    public CompletionStage<RecordMetadata> release(Address address, ReleaseCause cause) {
        metrics.released(cause);
        return outcome(address, KafkaRecords.bytes(OutcomeCodec.encode(new Outcome.Released(cause))));
    }

    /** @param bytes of an {@link OutcomeCodec} message, passed on as they are */
    public CompletionStage<RecordMetadata> outcome(Address address, byte[] bytes) {
        MessageHeaders headers = address.headers(MessageType.OUTCOME);
        String key = address.queryId().toString();
        boolean awaited = address.replySlot() != QueryRequest.NO_REPLY_SLOT;
        return publisher.publish(KafkaRecords.record(
                awaited ? replies : results, awaited ? address.replySlot() : null, key, headers, bytes));
    }

    /** @param type {@link MessageType#QUEUED} or {@link MessageType#EXECUTING} */
    public CompletionStage<RecordMetadata> progress(Address address, MessageType type) {
        metrics.progress();
        return result(address, type, null);
    }

    /** An async query was executed; its pages are on their way. */
    public CompletionStage<RecordMetadata> uploading(Address address, Produced produced) {
        metrics.progress();
        return result(address, MessageType.UPLOADING, Json.bytes(produced));
    }

    /** @param address of the registered query */
    public CompletionStage<RecordMetadata> run(Address address, RegisteredRun run) {
        metrics.ran();
        return result(address, MessageType.RUN, Json.bytes(run));
    }

    private CompletionStage<RecordMetadata> result(Address address, MessageType type, byte[] value) {
        return publisher.publish(
                KafkaRecords.record(results, null, address.queryId().toString(), address.headers(type), value));
    }
}
