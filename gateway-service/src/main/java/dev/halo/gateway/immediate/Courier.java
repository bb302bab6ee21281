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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Brings queries and cancels to Kafka in a thread of its own: the producer's {@code send} may block for seconds while a
 * broker is away, which an event loop must not. One thread keeps a cancel behind its query.
 */
final class Courier implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Courier.class);

    /** The thread that sends has more to do than it can. Nothing was sent. */
    static final class Overloaded extends RuntimeException {
        Overloaded() {
            super("too much waits to be sent", null, false, false);
        }
    }

    private final RequestReply requests;
    private final Producer<String, byte[]> producer;
    private final String topic;
    private final ThreadPoolExecutor thread;

    /** @param maxWaiting requests that wait for the thread */
    Courier(RequestReply requests, Producer<String, byte[]> producer, KafkaSettings settings, int maxWaiting) {
        this.requests = requests;
        this.producer = producer;
        this.topic = Topic.QUERIES.name(settings.topicPrefix());
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(maxWaiting), task -> {
            Thread made = new Thread(task, "query-courier");
            made.setDaemon(true);
            return made;
        });
    }

    /** Has the client learn where the topic's partitions are, so that the first query need not wait for it. */
    void warmUp() {
        thread.execute(() -> {
            try {
                producer.partitionsFor(topic);
            } catch (KafkaException e) {
                LOG.warnf("event=warmUpFailed error=%s", e.getClass().getSimpleName());
            }
        });
    }

    /**
     * Sends a query to the bridge that holds a session.
     *
     * @param timeout to the reply
     * @return fails with {@link RequestReply.NoReply} or {@link Overloaded}
     */
    CompletionStage<RequestReply.Reply> send(
            QueryRequest query, SessionRecord.Open session, Duration timeout, String traceparent) {
        CompletableFuture<RequestReply.Reply> reply = new CompletableFuture<>();
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
        try {
            thread.execute(() -> requests.send(
                            record, query.queryId(), answer -> session.linkId().equals(answer.linkId()), timeout)
                    .whenComplete((answer, failure) -> {
                        if (failure == null) {
                            reply.complete(answer);
                        } else {
                            reply.completeExceptionally(failure);
                        }
                    }));
        } catch (RejectedExecutionException e) {
            reply.completeExceptionally(new Overloaded());
        }
        return reply;
    }

    /** Has a query end wherever it is; nobody waits for it any more. */
    void cancel(QueryRequest query, SessionRecord.Open session) {
        requests.abandon(query.queryId());
        MessageHeaders headers = new MessageHeaders(
                MessageType.CANCEL,
                query.queryId(),
                query.integratorId(),
                session.linkId(),
                session.sessionId(),
                null,
                null);
        CancelRequest cancel = new CancelRequest(query.queryId(), query.siteId(), LinkErrorCode.CANCELLED);
        ProducerRecord<String, byte[]> record =
                KafkaRecords.record(topic, session.slot(), query.siteId().toString(), headers, Json.bytes(cancel));
        try {
            thread.execute(() -> {
                try {
                    producer.send(record, (metadata, failure) -> {
                        if (failure != null) {
                            LOG.warnf(
                                    "event=cancelNotSent queryId=%s error=%s",
                                    query.queryId(), failure.getClass().getSimpleName());
                        }
                    });
                } catch (KafkaException | IllegalStateException e) {
                    LOG.warnf(
                            "event=cancelNotSent queryId=%s error=%s",
                            query.queryId(), e.getClass().getSimpleName());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.warnf("event=cancelNotSent queryId=%s error=overloaded", query.queryId());
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
