package dev.halo.link.journal;

import dev.halo.protocol.query.Outcome;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * One write that this Link began.
 *
 * @param replySlot of the gateway that waits
 * @param startedAt by this machine's clock; how long it is kept is counted from it
 * @param run which run of which registered query it is; null where it is none
 * @param outcome its small outcome, without rows; null while it is not known
 * @param acked whether the bridge has the outcome in its log
 */
public record JournalEntry(
        UUID queryId,
        UUID siteId,
        UUID integratorId,
        int replySlot,
        Instant startedAt,
        RunOf run,
        Outcome outcome,
        boolean acked) {

    public JournalEntry {
        Objects.requireNonNull(queryId, "queryId");
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(integratorId, "integratorId");
        Objects.requireNonNull(startedAt, "startedAt");
    }

    JournalEntry withOutcome(Outcome ended) {
        return new JournalEntry(queryId, siteId, integratorId, replySlot, startedAt, run, ended, acked);
    }

    JournalEntry asAcked() {
        return new JournalEntry(queryId, siteId, integratorId, replySlot, startedAt, run, outcome, true);
    }
}
