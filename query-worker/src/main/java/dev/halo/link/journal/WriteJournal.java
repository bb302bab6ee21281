package dev.halo.link.journal;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jboss.logging.Logger;

/**
 * The proof that no write is executed twice: a write's START is on the disk before the database sees the statement, its
 * END with the outcome before anybody hears of it. A START without END, found at the next start, is an outcome unknown:
 * it is reported as such and never run again. Entries stay until the bridge has the outcome, and at least a day.
 */
public final class WriteJournal implements AutoCloseable {

    /** How long an entry is kept at least, so that a late copy of its query is known. */
    public static final Duration KEPT = Duration.ofHours(24);

    private static final Logger LOG = Logger.getLogger(WriteJournal.class);
    private static final long COMPACT_BYTES = 8L * 1024 * 1024;
    private static final int MAX_ENTRIES = 200_000;
    private static final String UNKNOWN = "The Link stopped while the write ran: it may have been committed.";

    private final JournalStorage storage;
    private final Clock clock;
    private final UUID journalId;
    private final Map<UUID, JournalEntry> entries = new LinkedHashMap<>();
    /** The keys of the entries, for those who must not wait for the disk. */
    private final Set<UUID> known = ConcurrentHashMap.newKeySet();

    private final Queue<UUID> acks = new ConcurrentLinkedQueue<>();
    private long compactAt = COMPACT_BYTES;
    private volatile String problem;

    /**
     * Reads what is there; see {@link JournalDirectory} for the real thing.
     *
     */
    WriteJournal(JournalStorage storage, Clock clock, JournalIdSource ids) throws IOException {
        this.storage = storage;
        this.clock = clock;
        RecordFormat.Contents contents = RecordFormat.decode(storage.readAll());
        contents.records().forEach(this::apply);
        if (contents.damaged()) {
            LOG.errorf("event=journal_damaged valid_bytes=%d: it goes by a new id from now on", contents.validBytes());
        }
        this.journalId = ids.id(contents.damaged());
        if (contents.validBytes() < storage.length()) {
            storage.truncate(contents.validBytes());
        }
        endWhatWasCutOff();
    }

    /** Gives the journal's id: another one where records were lost. */
    @FunctionalInterface
    interface JournalIdSource {
        UUID id(boolean damaged) throws IOException;
    }

    private void apply(JournalRecord record) {
        if (record instanceof JournalRecord.Start start) {
            known.add(start.queryId());
            entries.put(
                    start.queryId(),
                    new JournalEntry(
                            start.queryId(),
                            start.siteId(),
                            start.integratorId(),
                            start.replySlot(),
                            start.at(),
                            start.run(),
                            null,
                            false));
        } else if (record instanceof JournalRecord.End end) {
            entries.computeIfPresent(end.queryId(), (id, entry) -> entry.withOutcome(end.outcome()));
        } else {
            entries.computeIfPresent(record.queryId(), (id, entry) -> entry.asAcked());
        }
    }

    private void endWhatWasCutOff() {
        for (JournalEntry entry : List.copyOf(entries.values())) {
            if (entry.outcome() == null) {
                LOG.warnf("event=write_outcome_unknown query=%s site=%s", entry.queryId(), entry.siteId());
                end(entry.queryId(), new Outcome.Failed(LinkErrorCode.OUTCOME_UNKNOWN.failure(UNKNOWN), null));
            }
        }
    }

    /** Changes when records were lost, and with them the proof that a write never began. */
    public UUID journalId() {
        return journalId;
    }

    /** Why it cannot be written now, null while it can: writes are refused, reads go on. */
    public String problem() {
        return problem;
    }

    /** Whether this write has begun, now or before a restart. */
    public boolean knows(UUID queryId) {
        return known.contains(queryId);
    }

    /** How many writes are kept. */
    public synchronized int size() {
        return entries.size();
    }

    /** The writes whose outcome the bridge has not confirmed, in the order they began. */
    public synchronized List<JournalEntry> unacked() {
        writeAcks();
        return entries.values().stream()
                .filter(entry -> entry.outcome() != null && !entry.acked())
                .toList();
    }

    /**
     * A write is about to begin; on return that is on the disk.
     *
     * @throws IOException if it cannot be written, or has begun before: the write must not be executed
     */
    public void start(UUID queryId, UUID siteId, UUID integratorId, int replySlot) throws IOException {
        start(queryId, siteId, integratorId, replySlot, null);
    }

    /**
     * As {@link #start(UUID, UUID, UUID, int)}.
     *
     * @param run null where it is no run of a registered query
     */
    public synchronized void start(UUID queryId, UUID siteId, UUID integratorId, int replySlot, RunOf run)
            throws IOException {
        writeAcks();
        if (entries.containsKey(queryId)) {
            throw new IOException("this write has begun before");
        }
        if (entries.size() >= MAX_ENTRIES) {
            compact();
            if (entries.size() >= MAX_ENTRIES) {
                throw new IOException("the journal holds " + entries.size() + " writes");
            }
        }
        JournalRecord.Start start =
                new JournalRecord.Start(queryId, siteId, integratorId, replySlot, clock.instant(), run);
        try {
            storage.append(RecordFormat.encode(start));
            problem = null;
        } catch (IOException e) {
            problem = "the journal cannot be written, so that writes are refused: " + e.getMessage();
            LOG.errorf("event=journal_write_failed reason=\"%s\"", e.getMessage());
            throw e;
        }
        apply(start);
        if (storage.length() > compactAt) {
            compact();
        }
    }

    /** How a write ended. That the disk does not take it is logged: after a crash it would count as unknown. */
    public synchronized void end(UUID queryId, Outcome outcome) {
        JournalRecord.End end = new JournalRecord.End(queryId, outcome);
        apply(end);
        try {
            storage.append(RecordFormat.encode(end));
        } catch (IOException e) {
            problem = "the journal cannot be written, so that writes are refused: " + e.getMessage();
            LOG.errorf("event=journal_end_failed query=%s reason=\"%s\"", queryId, e.getMessage());
        }
    }

    /**
     * The bridge has the outcome. Never blocks: it is written with the next record, since without it the outcome would only
     * be sent once more.
     */
    public void acked(UUID queryId) {
        if (known.contains(queryId)) {
            acks.add(queryId);
        }
    }

    private void writeAcks() {
        for (UUID queryId = acks.poll(); queryId != null; queryId = acks.poll()) {
            JournalEntry entry = entries.get(queryId);
            if (entry == null || entry.acked()) {
                continue;
            }
            JournalRecord.Ack ack = new JournalRecord.Ack(queryId);
            apply(ack);
            try {
                storage.appendLazily(RecordFormat.encode(ack));
            } catch (IOException e) {
                LOG.warnf("event=journal_ack_failed query=%s reason=\"%s\"", queryId, e.getMessage());
            }
        }
    }

    /** Drops what is acked and older than a day, in one step. A failure leaves everything as it was. */
    synchronized void compact() {
        writeAcks();
        Instant oldest = clock.instant().minus(KEPT);
        List<JournalEntry> kept = new ArrayList<>();
        for (JournalEntry entry : entries.values()) {
            if (!entry.acked() || entry.startedAt().isAfter(oldest)) {
                kept.add(entry);
            }
        }
        try {
            storage.replace(encode(kept));
            entries.clear();
            kept.forEach(entry -> entries.put(entry.queryId(), entry));
            known.retainAll(entries.keySet());
        } catch (IOException e) {
            LOG.warnf("event=journal_compaction_failed reason=\"%s\"", e.getMessage());
        }
        compactAt = Math.max(COMPACT_BYTES, 2 * storage.length());
    }

    private static ByteBuffer encode(List<JournalEntry> kept) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (JournalEntry entry : kept) {
            out.writeBytes(RecordFormat.encode(new JournalRecord.Start(
                            entry.queryId(),
                            entry.siteId(),
                            entry.integratorId(),
                            entry.replySlot(),
                            entry.startedAt(),
                            entry.run()))
                    .array());
            if (entry.outcome() != null) {
                out.writeBytes(RecordFormat.encode(new JournalRecord.End(entry.queryId(), entry.outcome()))
                        .array());
            }
            if (entry.acked()) {
                out.writeBytes(RecordFormat.encode(new JournalRecord.Ack(entry.queryId()))
                        .array());
            }
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    @Override
    public synchronized void close() {
        writeAcks();
        try {
            storage.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
