package dev.halo.gateway.kafka;

import dev.halo.messaging.KafkaRecords;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.topic.Topic;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;

/**
 * Publishes what bridges are to pass on to Links, for all that nobody waits for. It never blocks its caller: the
 * producer's {@code send} may wait for seconds while a broker is away.
 */
@ApplicationScoped
public class QueryChannel {

    private static final Logger LOG = Logger.getLogger(QueryChannel.class);
    private static final int MAX_WAITING = 4096;

    private final Producer<String, byte[]> producer;
    private final String topic;
    private final ThreadPoolExecutor sender =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                Thread made = new Thread(task, "query-channel");
                made.setDaemon(true);
                return made;
            });

    public QueryChannel(Messaging messaging) {
        this.producer = messaging.producer();
        this.topic = Topic.QUERIES.name(messaging.settings().topicPrefix());
    }

    void stop(@Observes ShutdownEvent event) {
        sender.shutdown();
    }

    /**
     * Publishes a record to the bridge that holds a session.
     *
     * @return completes when Kafka has taken it; fails with Kafka's exception, or where too much waits to be published
     */
    public CompletionStage<Void> publish(
            SessionRecord.Open session, UUID siteId, MessageHeaders headers, byte[] value) {
        ProducerRecord<String, byte[]> record =
                KafkaRecords.record(topic, session.slot(), siteId.toString(), headers, value);
        CompletableFuture<Void> published = new CompletableFuture<>();
        try {
            sender.execute(() -> send(record, published));
        } catch (RejectedExecutionException e) {
            published.completeExceptionally(e);
        }
        return published;
    }

    /** Has a query end at the Link. What is not published is only logged: who wants it to end says so again. */
    public void cancel(SessionRecord.Open session, UUID integratorId, CancelRequest cancel) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.CANCEL, cancel.queryId(), integratorId, session.linkId(), session.sessionId(), null, null);
        publish(session, cancel.siteId(), headers, Json.bytes(cancel)).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warnf(
                        "event=cancelNotSent queryId=%s error=%s",
                        cancel.queryId(), failure.getClass().getSimpleName());
            }
        });
    }

    private void send(ProducerRecord<String, byte[]> record, CompletableFuture<Void> published) {
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    published.complete(null);
                } else {
                    published.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            published.completeExceptionally(e);
        }
    }
}
