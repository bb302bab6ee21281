package dev.halo.gateway.page;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * Names a page.
 *
 * @param linkId who uploaded it, from its token; a page of another Link than the one that was asked is never found
 * @param pageNumber from 1
 */
public record PageKey(Instant queryCreatedAt, UUID queryId, UUID linkId, int pageNumber) {

    /** Of the partition. */
    Instant createdHour() {
        return queryCreatedAt.truncatedTo(ChronoUnit.HOURS);
    }
}
