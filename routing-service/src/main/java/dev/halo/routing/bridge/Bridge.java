package dev.halo.routing.bridge;

import dev.halo.messaging.KafkaClients;
import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.SlotBeacon;
import dev.halo.messaging.SlotConsumer;
import dev.halo.messaging.TopicAdmin;
import dev.halo.messaging.TopicAdmin.KafkaUnavailable;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.topic.Topic;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.delivery.QueryIntake;
import dev.halo.routing.drain.DrainWatch;
import dev.halo.routing.metric.BridgeMetrics;
import dev.halo.routing.outcome.QueryReports;
import dev.halo.routing.outcome.RecordPublisher;
import dev.halo.routing.session.BridgeContext;
import dev.halo.routing.session.SessionClock;
import dev.halo.routing.session.SessionFeed;
import dev.halo.routing.session.Sessions;
import dev.halo.routing.site.LinkSites;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/**
 * One instance of the bridge: one incarnation of its slot, from the claim to the end. It needs nothing of the framework,
 * so that a test can run two.
 */
public final class Bridge implements AutoCloseable {

    /** Told once that the slot is lost and all sockets are closed. */
    @FunctionalInterface
    public interface LossListener {
        void lost(SlotBeacon.LossCause cause);
    }

    private static final Logger LOG = Logger.getLogger(Bridge.class);

    private static final Duration PRODUCER_CLOSE = Duration.ofSeconds(5);
    private static final List<Topic> WRITTEN = List.of(Topic.REPLIES, Topic.RESULTS, Topic.SESSIONS, Topic.SLOT_BEATS);

    private final RoutingConfig config;
    private final KafkaSettings kafka;
    private final BridgeMetrics metrics;
    private final SessionClock clock;
    private final LossListener lossListener;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread starter;
    private volatile Sessions sessions;
    private volatile SlotBeacon beacon;
    private volatile SlotConsumer queries;
    private volatile DrainWatch drain;
    private volatile boolean lost;

    public Bridge(
            RoutingConfig config,
            KafkaSettings kafka,
            BridgeMetrics metrics,
            SessionClock clock,
            LossListener lossListener) {
        this.config = config;
        this.kafka = kafka;
        this.metrics = metrics;
        this.clock = clock;
        this.lossListener = lossListener;
        this.starter = new Thread(this::run, "bridge-start");
        this.starter.setDaemon(true);
    }

    /**
     * Starts in a thread of its own, however long Kafka takes to answer.
     *
     * @return completes when the slot is this instance's and sockets are taken; exceptionally where that cannot be,
     *     such as for topics with other settings
     */
    public CompletionStage<Void> start() {
        starter.start();
        return started;
    }

    /** Where sockets go; empty while none is taken. */
    public Optional<Sessions> sessions() {
        Sessions current = sessions;
        return isReady() ? Optional.ofNullable(current) : Optional.empty();
    }

    /** Whether sockets and queries are taken. */
    public boolean isReady() {
        return started.isDone()
                && !started.isCompletedExceptionally()
                && !lost
                && drain == null
                && !closed.get()
                && beacon.isHeld();
    }

    /** Where it is, in a word, for people. */
    public String condition() {
        if (closed.get()) {
            return "closed";
        }
        if (lost) {
            return "slot lost";
        }
        if (!started.isDone()) {
            return "starting";
        }
        return started.isCompletedExceptionally() ? "failed" : drain == null ? "active" : "draining";
    }

    /** Sockets that are open now. */
    public int sockets() {
        Sessions current = sessions;
        return current == null ? 0 : current.sockets();
    }

    /**
     * Sends the Links elsewhere and takes nothing new. May be called again.
     *
     * @return completes when no session is left, at the latest after the configured times
     */
    public synchronized CompletionStage<Void> drain() {
        if (drain == null && sessions != null && !lost) {
            drain = new DrainWatch(config.drain(), sessions, clock);
            LOG.infof("event=drainStarted slot=%d sessions=%d", config.slot(), sessions.size());
            beacon.drain();
            drain.start();
        }
        return drain == null ? CompletableFuture.completedFuture(null) : drain.done();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        starter.interrupt();
        Sessions current = sessions;
        if (current != null && !lost) {
            current.closeAll();
        }
        closeParts();
        started.completeExceptionally(new IllegalStateException("the bridge is closed"));
    }

    private void run() {
        try {
            while (!tryStart()) {
                TimeUnit.MILLISECONDS.sleep(config.startRetry().toMillis());
            }
            started.complete(null);
            LOG.infof("event=bridgeReady slot=%d incarnation=%s", config.slot(), beacon.incarnation());
        } catch (InterruptedException e) {
            started.completeExceptionally(e);
        } catch (ExecutionException | RuntimeException e) {
            LOG.errorf(e, "event=bridgeNotStarted slot=%d", config.slot());
            started.completeExceptionally(e);
        }
    }

    /** @return false where Kafka was away, or went away meanwhile: another attempt may work */
    private boolean tryStart() throws InterruptedException, ExecutionException {
        try {
            TopicAdmin.ensure(kafka);
            claim();
            return true;
        } catch (ExecutionException | RuntimeException e) {
            if (!isTransient(e instanceof ExecutionException ? e.getCause() : e)) {
                throw e;
            }
            closeParts();
            LOG.warnf(
                    "event=kafkaUnavailable bootstrapServers=%s error=%s retry=%s",
                    kafka.bootstrapServers(), e.getClass().getSimpleName(), config.startRetry());
            return false;
        }
    }

    private static boolean isTransient(Throwable failure) {
        return failure instanceof KafkaUnavailable || failure instanceof RetriableException;
    }

    /** Everything that was is read first, then the end of the queries is found, then the slot is claimed. */
    private void claim() throws InterruptedException, ExecutionException {
        KafkaProducer<String, byte[]> producer = KafkaClients.producer(kafka, "halo-bridge-" + config.slot());
        own(() -> producer.close(PRODUCER_CLOSE));
        LinkSites sites = own(new LinkSites(kafka).start());
        SessionFeed feed = own(new SessionFeed(kafka, config.slot()).start());
        await(sites.loaded());
        await(feed.loaded());
        for (Topic topic : WRITTEN) {
            // The first send to a topic would wait for its metadata.
            producer.partitionsFor(topic.name(kafka.topicPrefix()));
        }
        beacon = own(new SlotBeacon(kafka, producer, SlotRecord.Kind.ROUTING, config.slot(), this::lost));
        RecordPublisher publisher = own(new RecordPublisher(
                producer,
                metrics,
                config.publishing().pauseAt().asLongValue(),
                config.publishing().refuseAt().asLongValue()));
        QueryReports reports = new QueryReports(publisher, metrics, kafka.topicPrefix());
        Sessions made = new Sessions(
                new BridgeContext(
                        config, beacon.incarnation(), kafka.topicPrefix(), publisher, reports, sites, metrics, clock),
                feed::lastSession);
        sites.addListener(made::linkChanged);
        feed.attach(beacon.incarnation(), made::read);
        QueryIntake intake = new QueryIntake(made, feed::mayRelease, sites, reports, metrics, clock);
        queries = own(new SlotConsumer(kafka, Topic.QUERIES, config.slot(), intake));
        await(queries.start().positioned());
        await(beacon.start().claimed());
        sessions = made;
        sweep(made);
        metrics.gauge("views.malformed", () -> sites.malformedRecords() + feed.malformedRecords());
    }

    private void sweep(Sessions of) {
        ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "bridge-sweep");
            thread.setDaemon(true);
            return thread;
        });
        own(sweeper::shutdownNow);
        long period = config.session().sweep().toMillis();
        sweeper.scheduleWithFixedDelay(() -> sweepOnce(of), period, period, TimeUnit.MILLISECONDS);
    }

    private void sweepOnce(Sessions of) {
        try {
            of.sweep();
            DrainWatch current = drain;
            if (current != null) {
                current.look();
            }
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again, and then nothing would ever time out.
            LOG.error("event=sweepFailed", e);
        }
    }

    private void lost(SlotBeacon.LossCause cause) {
        lost = true;
        Sessions current = sessions;
        SlotConsumer consumer = queries;
        if (consumer != null) {
            consumer.close();
        }
        LOG.errorf(
                "event=bridgeStops slot=%d cause=%s sessions=%d",
                config.slot(), cause, current == null ? 0 : current.size());
        if (current != null) {
            current.abandonAll();
        }
        lossListener.lost(cause);
    }

    private static <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException {
        return stage.toCompletableFuture().get();
    }

    private <T extends AutoCloseable> T own(T part) {
        synchronized (parts) {
            if (closed.get()) {
                closeQuietly(part);
                throw new IllegalStateException("the bridge is closed");
            }
            parts.push(part);
        }
        return part;
    }

    private void closeParts() {
        synchronized (parts) {
            while (!parts.isEmpty()) {
                closeQuietly(parts.pop());
            }
        }
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warnf(
                    "event=closeFailed part=%s error=%s",
                    part.getClass().getSimpleName(), e.getClass().getSimpleName());
        }
    }
}
