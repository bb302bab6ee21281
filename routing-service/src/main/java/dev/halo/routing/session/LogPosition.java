package dev.halo.routing.session;

import dev.halo.protocol.session.SessionRecord;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Where a session stands in its Link's part of {@code halo.sessions}, as far as it was read. Not thread-safe: its
 * session guards it.
 */
final class LogPosition {

    /** What a record that was read asks of the session. */
    enum Verdict {
        /** Nothing. */
        STAYS,
        /** The record is about an earlier session but lies behind this one's: compaction would forget this one. */
        REASSERT,
        /** A later session of the Link has won. */
        SUPERSEDED
    }

    private static final int MAX_EARLIER = 16;

    private final UUID sessionId;
    private final Set<UUID> earlier = new HashSet<>(2);
    private boolean logged;
    private boolean superseded;

    LogPosition(UUID sessionId) {
        this.sessionId = sessionId;
    }

    /** A session of the Link's that is in the log before this one's first record. */
    void precededBy(UUID other) {
        if (!logged && earlier.size() < MAX_EARLIER && !other.equals(sessionId)) {
            earlier.add(other);
        }
    }

    Verdict read(SessionRecord record) {
        boolean own = record.sessionId().equals(sessionId);
        if (superseded) {
            return Verdict.STAYS;
        }
        if (record instanceof SessionRecord.Open) {
            if (own) {
                logged = true;
                return Verdict.STAYS;
            }
            if (!logged) {
                precededBy(record.sessionId());
                return Verdict.STAYS;
            }
            // An earlier session's bridge may assert itself once more before it has read of this one: it has lost
            // already.
            if (earlier.contains(record.sessionId())) {
                return Verdict.REASSERT;
            }
            superseded = true;
            return Verdict.SUPERSEDED;
        }
        return logged && !own ? Verdict.REASSERT : Verdict.STAYS;
    }

    /** Whether a later session has won: then nothing is written about this one any more. */
    boolean isSuperseded() {
        return superseded;
    }
}
