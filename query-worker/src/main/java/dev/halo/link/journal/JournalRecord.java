package dev.halo.link.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.halo.protocol.query.Outcome;
import java.time.Instant;
import java.util.UUID;

/** One line of the journal. None holds SQL, a parameter or a row. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "r")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JournalRecord.Start.class, name = "start"),
    @JsonSubTypes.Type(value = JournalRecord.End.class, name = "end"),
    @JsonSubTypes.Type(value = JournalRecord.Ack.class, name = "ack")
})
sealed interface JournalRecord {

    UUID queryId();

    /**
     * The write may begin: from here on it is never run again.
     *
     * @param run null where it is no run of a registered query
     */
    record Start(UUID queryId, UUID siteId, UUID integratorId, int replySlot, Instant at, RunOf run)
            implements JournalRecord {}

    /** How it ended. */
    record End(UUID queryId, Outcome outcome) implements JournalRecord {}

    /** The bridge has the outcome. */
    record Ack(UUID queryId) implements JournalRecord {}
}
