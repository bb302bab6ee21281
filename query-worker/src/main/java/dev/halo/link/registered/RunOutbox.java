package dev.halo.link.registered;

import dev.halo.link.journal.JournalEntry;
import dev.halo.link.journal.WriteJournal;
import dev.halo.link.query.Outcomes;
import dev.halo.link.query.Reports;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.RegisteredRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The runs that the bridge has not confirmed: each is said again on every new session until it is. Bounded in number and
 * bytes: the oldest goes first; a write's end stays in the journal all the same.
 */
final class RunOutbox {

    private static final Logger LOG = Logger.getLogger(RunOutbox.class);
    /** Output values travel in the run itself: what no record could hold must not be sent again and again. */
    private static final int MAX_RUN_BYTES = 256 * 1024;

    private final Reports reports;
    private final int max;
    private final long maxBytes;
    private final Map<UUID, Kept> pending = new LinkedHashMap<>();
    private long bytes;
    private long dropped;

    /** @param bytes of its JSON */
    private record Kept(Frame.Ran ran, int bytes) {}

    /** @param journal whose runs of an earlier process have ended without being confirmed */
    RunOutbox(WriteJournal journal, RegisteredConfig config, Reports reports) {
        this.reports = reports;
        this.max = config.unackedRuns();
        this.maxBytes = config.unackedRunBytes().asLongValue();
        for (JournalEntry entry : journal.unacked()) {
            if (entry.run() != null) {
                put(new Frame.Ran(
                        entry.siteId(),
                        entry.integratorId(),
                        new RegisteredRun(
                                entry.queryId(),
                                entry.run().registeredId(),
                                entry.run().number(),
                                null,
                                false,
                                entry.outcome())));
            }
        }
    }

    /** Keeps a run until it is confirmed, and has it said. */
    void put(Frame.Ran ran) {
        Kept kept = bounded(ran);
        synchronized (this) {
            acked(kept.ran().run().runId());
            pending.put(kept.ran().run().runId(), kept);
            bytes += kept.bytes();
            while (pending.size() > max || bytes > maxBytes && pending.size() > 1) {
                UUID oldest = pending.keySet().iterator().next();
                acked(oldest);
                dropped++;
                LOG.warnf("event=run_dropped run=%s", oldest);
            }
        }
        reports.say(kept.ran());
    }

    private static Kept bounded(Frame.Ran ran) {
        RegisteredRun run = ran.run();
        int length = Json.bytes(run).length;
        if (length <= MAX_RUN_BYTES) {
            return new Kept(ran, length);
        }
        RegisteredRun small =
                new RegisteredRun(run.runId(), run.registeredId(), run.number(), null, false, Outcomes.tooLarge());
        return new Kept(new Frame.Ran(ran.siteId(), ran.integratorId(), small), Json.bytes(small).length);
    }

    /** The bridge has it. */
    synchronized void acked(UUID runId) {
        Kept gone = pending.remove(runId);
        bytes -= gone == null ? 0 : gone.bytes();
    }

    /** Forgets all, and gives their ids. */
    synchronized List<UUID> clear() {
        List<UUID> gone = List.copyOf(pending.keySet());
        gone.forEach(this::acked);
        return gone;
    }

    /** All that are not confirmed, oldest first. */
    synchronized List<Frame> all() {
        return pending.values().stream().<Frame>map(Kept::ran).toList();
    }

    /** The highest number of a registered query's runs that are not confirmed; 0 where there are none. */
    synchronized long highest(UUID registeredId) {
        return pending.values().stream()
                .map(kept -> kept.ran().run())
                .filter(run -> run.registeredId().equals(registeredId))
                .mapToLong(RegisteredRun::number)
                .max()
                .orElse(0);
    }

    /** Runs that were given up because of a bound. */
    synchronized long dropped() {
        return dropped;
    }
}
