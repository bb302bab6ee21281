package dev.halo.link.query;

import dev.halo.link.journal.JournalEntry;
import dev.halo.link.journal.WriteJournal;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The outcomes that the bridge has not confirmed: each is sent again on every new session until it is. Bounded in number
 * and bytes: the oldest one's rows go first, then the oldest one; a write's outcome stays in the journal all the same.
 */
public final class Outbox {

    private static final Logger LOG = Logger.getLogger(Outbox.class);
    private static final int HTTP_UNAVAILABLE = 503;
    /** What takes longer is not on its way: there is no session. */
    private static final long DELIVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final WriteJournal journal;
    private final int maxOutcomes;
    private final long maxBytes;
    private final long maxAgeNanos;
    private final LongSupplier nanoTime;
    private final Map<UUID, Pending> pending = new LinkedHashMap<>();
    private volatile Consumer<Pending> listener = outcome -> {};
    private long bytes;
    private long dropped;
    private int awaited;
    private long lastAwaited;

    /**
     * An outcome on its way.
     *
     * @param body bytes of an {@link OutcomeCodec} message
     * @param since by the monotonic clock
     * @param waitedFor whether a gateway waits, so that it is of no use after a while
     */
    public record Pending(Frame.Ended frame, ByteBuffer body, long since, boolean waitedFor) {

        /** Never the rows. */
        @Override
        public String toString() {
            return "Pending[" + frame.queryId() + "]";
        }
    }

    public Outbox(WriteJournal journal, QueryConfig config, LongSupplier nanoTime) {
        this.journal = journal;
        this.maxOutcomes = config.unackedOutcomes();
        this.maxBytes = config.unackedBytes().asLongValue();
        this.maxAgeNanos = config.unackedAge().toNanos();
        this.nanoTime = nanoTime;
        for (JournalEntry entry : journal.unacked()) {
            if (entry.run() != null) {
                continue;
            }
            put(
                    new Frame.Ended(entry.queryId(), entry.siteId(), entry.integratorId(), entry.replySlot()),
                    OutcomeCodec.encode(entry.outcome()),
                    false);
        }
    }

    /** Given each new outcome, to be sent at once if that is possible. */
    public void onNew(Consumer<Pending> sender) {
        listener = sender;
    }

    /** Keeps an outcome until it is confirmed, and has it sent. */
    public void put(Frame.Ended frame, ByteBuffer body, boolean waitedFor) {
        Pending outcome = new Pending(frame, body, nanoTime.getAsLong(), waitedFor);
        synchronized (this) {
            replace(frame.queryId(), outcome);
            shrink();
        }
        listener.accept(outcome);
    }

    private void replace(UUID queryId, Pending outcome) {
        Pending old = outcome == null ? pending.remove(queryId) : pending.put(queryId, outcome);
        if (outcome != null && outcome.waitedFor()) {
            awaited++;
            lastAwaited = nanoTime.getAsLong();
        }
        if (old != null && old.waitedFor()) {
            awaited--;
        }
        bytes += (outcome == null ? 0 : outcome.body().remaining())
                - (old == null ? 0 : old.body().remaining());
    }

    private void shrink() {
        long now = nanoTime.getAsLong();
        while (!pending.isEmpty()) {
            Pending oldest = leastNeeded();
            boolean tooOld = oldest.waitedFor() && now - oldest.since() > maxAgeNanos;
            if (!tooOld && pending.size() <= maxOutcomes) {
                break;
            }
            replace(oldest.frame().queryId(), null);
            dropped++;
            LOG.warnf("event=outcome_dropped query=%s", oldest.frame().queryId());
        }
        if (bytes > maxBytes) {
            dropRows();
        }
    }

    /** The oldest that a gateway waits for, as it will not for long; else the oldest of all. */
    private Pending leastNeeded() {
        Pending oldest = pending.values().iterator().next();
        if (awaited == 0 || oldest.waitedFor()) {
            return oldest;
        }
        return pending.values().stream().filter(Pending::waitedFor).findFirst().orElse(oldest);
    }

    private void dropRows() {
        ByteBuffer lost = OutcomeCodec.encode(new Outcome.Failed(
                new QueryFailure(ErrorType.HTTP, HTTP_UNAVAILABLE, "The result could not be delivered."), null));
        for (Pending oldest : List.copyOf(pending.values())) {
            if (bytes <= maxBytes) {
                return;
            }
            if (oldest.body().remaining() > lost.remaining()) {
                replace(
                        oldest.frame().queryId(),
                        new Pending(oldest.frame(), lost.duplicate(), oldest.since(), oldest.waitedFor()));
            }
        }
    }

    /** The bridge has it. */
    public void acked(UUID queryId) {
        synchronized (this) {
            replace(queryId, null);
        }
        journal.acked(queryId);
    }

    /** An outcome that is not confirmed yet. */
    public synchronized Optional<Pending> get(UUID queryId) {
        return Optional.ofNullable(pending.get(queryId));
    }

    /** How many there are that no gateway waits for: ends of asyncs and of registered queries. */
    public synchronized int unawaited() {
        return pending.size() - awaited;
    }

    /** Whether outcomes that callers wait for are on their way now. */
    public synchronized boolean isDelivering() {
        return awaited > 0 && nanoTime.getAsLong() - lastAwaited < DELIVERY_NANOS;
    }

    /** All that are not confirmed, oldest first. */
    public synchronized List<Pending> all() {
        return new ArrayList<>(pending.values());
    }

    public synchronized boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Bytes that are kept. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Outcomes that were given up because of a bound. */
    public synchronized long dropped() {
        return dropped;
    }
}
