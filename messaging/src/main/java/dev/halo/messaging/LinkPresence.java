package dev.halo.messaging;

import dev.halo.protocol.session.SessionRecord;
import java.time.Instant;

/** Whether, and through which bridge, a Link can be reached. */
public sealed interface LinkPresence {

    /** Its session is open at a bridge that is alive. */
    record Connected(SessionRecord.Open session) implements LinkPresence {}

    /**
     * Its session broke, or its bridge drains, stopped or went silent; it is expected back.
     *
     * @param session the one that ended; null where only its end is known
     * @param lastHeardAt when it was last heard
     */
    record Away(SessionRecord.Open session, Instant lastHeardAt) implements LinkPresence {}

    /** It closed its session in order. */
    record Offline(Instant since) implements LinkPresence {}

    /** No session of it is known. */
    record Never() implements LinkPresence {}
}
