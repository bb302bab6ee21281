package dev.halo.protocol.session;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A Link's session has opened: the moment to find out what became of the queries it had before. On
 * {@code halo.results}, keyed by Link GUID.
 *
 * @param journalId of the Link's journal; another one than before means that what it did is not known
 * @param held ids of queries that the Link has and has not ended
 */
public record SessionOpened(UUID linkId, UUID sessionId, UUID journalId, List<UUID> held) {
    public SessionOpened {
        Objects.requireNonNull(linkId, "linkId");
        Objects.requireNonNull(sessionId, "sessionId");
        held = held == null ? List.of() : List.copyOf(held);
    }
}
