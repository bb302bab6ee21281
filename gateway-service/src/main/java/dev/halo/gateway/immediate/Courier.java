package dev.halo.gateway.immediate;

import dev.halo.messaging.KafkaRecords;
import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.RequestReply;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Brings queries and cancels to the bridges. Neither blocks its caller: the producer's {@code send} may wait for seconds
 * while a broker is away, which an event loop must not.
 */
final class Courier implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Courier.class);

    private final RequestReply requests;
    private final Producer<String, byte[]> producer;
    private final String topic;
    private final ThreadPoolExecutor canceller;

    /** @param maxCancels that wait to be sent; beyond it they are dropped, and their queries run to their end */
    Courier(RequestReply requests, Producer<String, byte[]> producer, KafkaSettings settings, int maxCancels) {
        this.requests = requests;
        this.producer = producer;
        this.topic = Topic.QUERIES.name(settings.topicPrefix());
        this.canceller =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(maxCancels), task -> {
                    Thread made = new Thread(task, "query-canceller");
                    made.setDaemon(true);
                    return made;
                });
    }

    /** Has the client learn where the topic's partitions are, so that the first query need not wait for it. */
    void warmUp() {
        canceller.execute(() -> {
            try {
                producer.partitionsFor(topic);
            } catch (KafkaException e) {
                LOG.warnf("event=warmUpFailed error=%s", e.getClass().getSimpleName());
            }
        });
    }

    /**
     * Sends a query to the bridge that holds a session. Only the session's Link may answer.
     *
     * @param timeout to the reply
     * @return fails with {@link RequestReply.NoReply}
     */
    CompletionStage<RequestReply.Reply> send(
            QueryRequest query, SessionRecord.Open session, Duration timeout, String traceparent) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.QUERY,
                query.queryId(),
                query.integratorId(),
                session.linkId(),
                session.sessionId(),
                timeout.toMillis(),
                traceparent);
        ProducerRecord<String, byte[]> record =
                KafkaRecords.record(topic, session.slot(), query.siteId().toString(), headers, Json.bytes(query));
        return requests.send(record, query.queryId(), answer -> session.linkId().equals(answer.linkId()), timeout);
    }

    /**
     * Has a query end wherever it is; nobody waits for it any more. Should the cancel overtake its query, the Link
     * remembers it.
     */
    void cancel(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause) {
        requests.abandon(query.queryId());
        tell(query, session, cause);
    }

    /** As {@link #cancel}, and its outcome is waited for still. */
    void tell(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.CANCEL,
                query.queryId(),
                query.integratorId(),
                session.linkId(),
                session.sessionId(),
                null,
                null);
        CancelRequest cancel = new CancelRequest(query.queryId(), query.siteId(), cause);
        ProducerRecord<String, byte[]> record =
                KafkaRecords.record(topic, session.slot(), query.siteId().toString(), headers, Json.bytes(cancel));
        try {
            canceller.execute(() -> send(query, record));
        } catch (RejectedExecutionException e) {
            LOG.warnf("event=cancelNotSent queryId=%s error=overloaded", query.queryId());
        }
    }

    private void send(QueryRequest query, ProducerRecord<String, byte[]> cancel) {
        try {
            producer.send(cancel, (metadata, failure) -> {
                if (failure != null) {
                    notSent(query, failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            notSent(query, e);
        }
    }

    private static void notSent(QueryRequest query, Exception failure) {
        LOG.warnf(
                "event=cancelNotSent queryId=%s error=%s",
                query.queryId(), failure.getClass().getSimpleName());
    }

    @Override
    public void close() {
        canceller.shutdown();
    }
}
