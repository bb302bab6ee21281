package dev.halo.messaging;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Kafka consumer and the one thread that may use it; the consumer is closed when the thread ends. */
final class ConsumerThread {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerThread.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);

    private final KafkaConsumer<String, byte[]> consumer;
    private final Runnable loop;
    private final Thread thread;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch stopping = new CountDownLatch(1);

    /** @param loop returns soon after {@link #isStopping()}; a call of the consumer is interrupted then */
    ConsumerThread(String name, KafkaConsumer<String, byte[]> consumer, Runnable loop) {
        this.consumer = consumer;
        this.loop = loop;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** Starts the thread, once. */
    void start() {
        if (started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Waits before the next attempt, in the thread itself; ends at once when it is to stop. */
    void pauseAfterFailure() {
        try {
            if (stopping.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping.countDown();
        }
    }

    /** Ends the thread and waits for that, at most so long; from the thread itself without waiting. */
    void stop(Duration limit) {
        stopping.countDown();
        if (started.compareAndSet(false, true)) {
            // It never ran and never will.
            consumer.close();
            return;
        }
        consumer.wakeup();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(Math.max(1, limit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (consumer) {
            loop.run();
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "event=consumerThreadDied thread={} error={}",
                    thread.getName(),
                    e.getClass().getSimpleName());
            LOG.debug("event=consumerThreadDied", e);
        }
    }
}
