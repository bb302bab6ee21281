package dev.halo.link.registered;

import dev.halo.link.journal.JournalEntry;
import dev.halo.link.journal.WriteJournal;
import dev.halo.link.query.Outcomes;
import dev.halo.link.query.Reports;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.RegisteredRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The runs that the bridge has not confirmed: each is said again on every new session until it is. Bounded: the oldest
 * goes first; a write's end stays in the journal all the same.
 */
final class RunOutbox {

    private static final Logger LOG = Logger.getLogger(RunOutbox.class);
    /** Output values travel in the run itself: what no record could hold must not be sent again and again. */
    private static final int MAX_RUN_BYTES = 256 * 1024;

    private final Reports reports;
    private final int max;
    private final Map<UUID, Frame.Ran> pending = new LinkedHashMap<>();
    private long dropped;

    /** @param journal whose runs of an earlier process have ended without being confirmed */
    RunOutbox(WriteJournal journal, int max, Reports reports) {
        this.reports = reports;
        this.max = max;
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
        Frame.Ran kept = bounded(ran);
        synchronized (this) {
            pending.put(kept.run().runId(), kept);
            while (pending.size() > max) {
                UUID oldest = pending.keySet().iterator().next();
                pending.remove(oldest);
                dropped++;
                LOG.warnf("event=run_dropped run=%s", oldest);
            }
        }
        reports.say(kept);
    }

    private static Frame.Ran bounded(Frame.Ran ran) {
        RegisteredRun run = ran.run();
        return Json.bytes(run).length <= MAX_RUN_BYTES
                ? ran
                : new Frame.Ran(
                        ran.siteId(),
                        ran.integratorId(),
                        new RegisteredRun(
                                run.runId(), run.registeredId(), run.number(), null, false, Outcomes.tooLarge()));
    }

    /** The bridge has it. */
    synchronized void acked(UUID runId) {
        pending.remove(runId);
    }

    /** All that are not confirmed, oldest first. */
    synchronized List<Frame> all() {
        return new ArrayList<>(pending.values());
    }

    /** The highest number of a registered query's runs that are not confirmed; 0 where there are none. */
    synchronized long highest(UUID registeredId) {
        return pending.values().stream()
                .map(Frame.Ran::run)
                .filter(run -> run.registeredId().equals(registeredId))
                .mapToLong(RegisteredRun::number)
                .max()
                .orElse(0);
    }

    /** Runs that were given up because of the bound. */
    synchronized long dropped() {
        return dropped;
    }
}
