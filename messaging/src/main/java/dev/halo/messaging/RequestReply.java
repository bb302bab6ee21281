package dev.halo.messaging;

import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.topic.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends a record and waits for its reply in the partition of this process's slot. The pending entry is there before the
 * record is sent, since a reply may come back before the send is acknowledged.
 */
public final class RequestReply implements AutoCloseable {

    /**
     * A reply.
     *
     * @param value a view of the record's bytes
     */
    public record Reply(MessageHeaders headers, ByteBuffer value) {}

    /** Why there is no reply. */
    public static final class NoReply extends Exception {

        /** The cases, by what is known about the request. */
        public enum Cause {
            /** As many requests are pending as may be; nothing was sent. */
            TOO_MANY_PENDING,
            /** Kafka did not take the request. It may still have got it, if the acknowledgement was lost. */
            NOT_PUBLISHED,
            /** The time is up. */
            TIMED_OUT,
            /** The caller gave up. */
            ABANDONED,
            /** This process stops. */
            CLOSED
        }

        private final Cause cause;

        /** @param why Kafka's error where it did not take the request, else null */
        NoReply(Cause cause, Exception why) {
            super(cause.name(), why, false, false);
            this.cause = cause;
        }

        public Cause reason() {
            return cause;
        }
    }

    private static final class Pending {
        private final Predicate<MessageHeaders> accepts;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private ScheduledFuture<?> deadline;

        private Pending(Predicate<MessageHeaders> accepts) {
            this.accepts = accepts;
        }
    }

    private final Producer<String, byte[]> producer;
    private final SlotConsumer replies;
    private final int maxPending;
    private final Map<UUID, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicInteger pendingCount = new AtomicInteger();
    private final ScheduledThreadPoolExecutor deadlines;
    /**
     * A producer's send waits where it does not know the topic, as after the loss of all brokers: the callers, which may
     * be event loops, must not. What waits here is bounded by the pending requests.
     */
    private final ExecutorService sender;

    private final LongAdder late = new LongAdder();
    private final LongAdder foreign = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private volatile boolean closed;

    /**
     * @param producer closed by the caller, after this
     * @param slot of this process, whose partition of {@link Topic#REPLIES} it reads
     * @param maxPending requests that wait at the same time
     */
    public RequestReply(KafkaSettings settings, Producer<String, byte[]> producer, int slot, int maxPending) {
        this.producer = producer;
        this.maxPending = maxPending;
        this.replies = new SlotConsumer(settings, Topic.REPLIES, slot, this::onReply);
        this.deadlines = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "reply-deadlines"));
        this.deadlines.setRemoveOnCancelPolicy(true);
        this.sender = Executors.newSingleThreadExecutor(task -> daemon(task, "request-sender"));
    }

    public RequestReply start() {
        replies.start();
        return this;
    }

    /** Completes when replies can be received; no request may be sent before. */
    public CompletionStage<Void> ready() {
        return replies.positioned();
    }

    public boolean isReady() {
        return replies.isPositioned() && !closed;
    }

    /**
     * Sends a request. The stage completes in a thread of Kafka's or of the deadlines': a caller with work to do hops to
     * its own. The call itself does not wait for Kafka.
     *
     * @param id by which the reply is known; at most one request of an id is pending
     * @param accepts whether a reply with these headers may answer: one that may not is counted and left alone
     * @param timeout from now to the reply
     * @return fails with {@link NoReply}
     * @throws IllegalStateException if a request with this id is pending already
     */
    public CompletionStage<Reply> send(
            ProducerRecord<String, byte[]> request, UUID id, Predicate<MessageHeaders> accepts, Duration timeout) {
        Pending entry = new Pending(accepts);
        if (closed) {
            return failed(NoReply.Cause.CLOSED);
        }
        if (pendingCount.incrementAndGet() > maxPending) {
            pendingCount.decrementAndGet();
            return failed(NoReply.Cause.TOO_MANY_PENDING);
        }
        if (pending.putIfAbsent(id, entry) != null) {
            pendingCount.decrementAndGet();
            throw new IllegalStateException("a request with this id is pending already");
        }
        try {
            entry.deadline = deadlines.schedule(
                    () -> fail(id, entry, NoReply.Cause.TIMED_OUT, null), timeout.toNanos(), TimeUnit.NANOSECONDS);
            sender.execute(() -> publish(request, id, entry));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
            fail(id, entry, NoReply.Cause.CLOSED, null);
        }
        return entry.reply;
    }

    private void publish(ProducerRecord<String, byte[]> request, UUID id, Pending entry) {
        if (pending.get(id) != entry) {
            // Its caller has gone while an earlier one was held up: nobody wants it to happen any more.
            return;
        }
        try {
            producer.send(request, (metadata, failure) -> {
                if (failure != null) {
                    fail(id, entry, NoReply.Cause.NOT_PUBLISHED, failure);
                }
            });
        } catch (RuntimeException e) {
            fail(id, entry, NoReply.Cause.NOT_PUBLISHED, e);
        }
    }

    /** Gives a request up: its stage fails with {@link NoReply.Cause#ABANDONED}, a reply that still comes is late. */
    public void abandon(UUID id) {
        Pending entry = pending.get(id);
        if (entry != null) {
            fail(id, entry, NoReply.Cause.ABANDONED, null);
        }
    }

    public int pendingRequests() {
        return pendingCount.get();
    }

    /** Replies that nobody waited for any more. */
    public long lateReplies() {
        return late.sum();
    }

    /** Replies from somebody who was not asked. */
    public long foreignReplies() {
        return foreign.sum();
    }

    public long malformedReplies() {
        return malformed.sum();
    }

    @Override
    public void close() {
        closed = true;
        failAllPending();
        sender.shutdownNow();
        deadlines.shutdownNow();
        replies.close();
        // A send that had looked at closed before it was set may have come behind the first pass, and has no deadline
        // now.
        failAllPending();
    }

    private void failAllPending() {
        pending.forEach((id, entry) -> fail(id, entry, NoReply.Cause.CLOSED, null));
    }

    private void onReply(ConsumerRecord<String, byte[]> record) {
        if (!(KafkaRecords.headers(record) instanceof MessageHeaders.Parsed.Valid valid)
                || valid.headers().queryId() == null
                || record.value() == null) {
            malformed.increment();
            return;
        }
        MessageHeaders headers = valid.headers();
        Pending entry = pending.get(headers.queryId());
        if (entry == null) {
            late.increment();
        } else if (!entry.accepts.test(headers)) {
            foreign.increment();
        } else if (remove(headers.queryId(), entry)) {
            entry.reply.complete(new Reply(headers, ByteBuffer.wrap(record.value())));
        }
    }

    private void fail(UUID id, Pending entry, NoReply.Cause cause, Exception why) {
        if (remove(id, entry)) {
            entry.reply.completeExceptionally(new NoReply(cause, why));
        }
    }

    private boolean remove(UUID id, Pending entry) {
        if (!pending.remove(id, entry)) {
            return false;
        }
        pendingCount.decrementAndGet();
        if (entry.deadline != null) {
            entry.deadline.cancel(false);
        }
        return true;
    }

    private static CompletionStage<Reply> failed(NoReply.Cause cause) {
        return CompletableFuture.failedFuture(new NoReply(cause, null));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
