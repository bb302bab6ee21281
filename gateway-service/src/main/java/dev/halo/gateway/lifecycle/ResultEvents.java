package dev.halo.gateway.lifecycle;

import dev.halo.gateway.config.LifecycleConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.messaging.GroupConsumer;
import dev.halo.messaging.KafkaRecords;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.topic.Topic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.pgclient.PgException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * What the Links report of queries for which no gateway waits. All gateways are one group; a record's offset is committed
 * after its handlers have committed, so while PostgreSQL is away the records wait in Kafka.
 */
@ApplicationScoped
public class ResultEvents {

    private static final Logger LOG = Logger.getLogger(ResultEvents.class);

    private final List<ResultHandler> handlers;
    private final MeterRegistry metrics;
    private final GroupConsumer consumer;

    public ResultEvents(
            Messaging messaging, LifecycleConfig config, @All List<ResultHandler> handlers, MeterRegistry metrics) {
        this.handlers = handlers;
        this.metrics = metrics;
        this.consumer = new GroupConsumer(
                messaging.settings(), Topic.RESULTS, config.group(), config.retryAfter(), this::handle);
        FunctionCounter.builder("halo.gateway.results.retried", consumer, GroupConsumer::failures)
                .description("Times that a record could not be handled and its partition had to wait")
                .register(metrics);
        Gauge.builder(
                        "halo.gateway.results.stuck",
                        consumer,
                        one -> one.sinceLastPoll().toMillis() / 1000.0)
                .description("Seconds since the results were last read")
                .register(metrics);
    }

    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent event) {
        consumer.start();
    }

    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) ShutdownEvent event) {
        consumer.close();
    }

    private CompletionStage<Void> handle(ConsumerRecord<String, byte[]> record) {
        if (!(KafkaRecords.headers(record) instanceof MessageHeaders.Parsed.Valid valid) || record.key() == null) {
            malformed(record, "headers");
            return CompletableFuture.completedFuture(null);
        }
        ResultRecord result = new ResultRecord(record.key(), valid.headers(), record.value());
        AtomicBoolean left = new AtomicBoolean();
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (ResultHandler handler : handlers) {
            if (handler.types().contains(result.headers().type())) {
                all = all.thenCompose(before ->
                        handle(handler, result).exceptionallyCompose(failure -> failed(record, left, failure)));
            }
        }
        return all;
    }

    private static CompletionStage<Void> handle(ResultHandler handler, ResultRecord result) {
        try {
            return handler.handle(result);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * What the record itself is to blame for would fail for ever, so it is left, and the next handler has its turn; all
     * else is tried again.
     *
     * @param left whether the record was counted already
     */
    private CompletionStage<Void> failed(ConsumerRecord<String, byte[]> record, AtomicBoolean left, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof MalformedMessage || isRefused(cause)) {
            if (left.compareAndSet(false, true)) {
                malformed(record, cause.getClass().getSimpleName());
            }
            return CompletableFuture.completedFuture(null);
        }
        LOG.warnf(
                "event=resultNotHandled partition=%d offset=%d error=%s",
                record.partition(), record.offset(), cause.getClass().getSimpleName());
        return CompletableFuture.failedFuture(cause);
    }

    /** SQLSTATE classes 22 and 23: data that the schema does not take. */
    private static boolean isRefused(Throwable cause) {
        return cause instanceof PgException refused
                && refused.getSqlState() != null
                && refused.getSqlState().matches("2[23].*");
    }

    private void malformed(ConsumerRecord<String, byte[]> record, String what) {
        metrics.counter("halo.gateway.results.malformed").increment();
        LOG.errorf(
                "event=resultMalformed alarm=malformedResult partition=%d offset=%d what=%s",
                record.partition(), record.offset(), what);
    }
}
