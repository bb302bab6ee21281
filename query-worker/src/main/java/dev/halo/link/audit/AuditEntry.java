package dev.halo.link.audit;

import java.time.Instant;
import java.util.UUID;

/**
 * One statement that was run, or refused, for an integrator. It goes to the practice's own owner-only file and nowhere
 * else.
 *
 * @param number counts up without a gap
 * @param at by the corrected clock
 * @param text the statement, or the procedure's name; without parameter values
 * @param outcome {@code rows}, {@code affected} or {@code failed}
 * @param error the kind and code of a failure, null otherwise
 * @param rows rows read or changed
 * @param millis from start to end
 * @param previous hash of the entry before
 * @param hash of this entry; see {@link AuditChain}
 */
public record AuditEntry(
        long number,
        Instant at,
        UUID queryId,
        UUID integratorId,
        String integrator,
        UUID siteId,
        String catalogue,
        String mode,
        String type,
        String text,
        String outcome,
        String error,
        long rows,
        long millis,
        String previous,
        String hash) {

    AuditEntry chained(long nextNumber, String previousHash) {
        return with(nextNumber, previousHash, null);
    }

    AuditEntry hashed(String newHash) {
        return with(number, previous, newHash);
    }

    private AuditEntry with(long newNumber, String newPrevious, String newHash) {
        return new AuditEntry(
                newNumber,
                at,
                queryId,
                integratorId,
                integrator,
                siteId,
                catalogue,
                mode,
                type,
                text,
                outcome,
                error,
                rows,
                millis,
                newPrevious,
                newHash);
    }

    /** Never the statement. */
    @Override
    public String toString() {
        return "AuditEntry[" + number + "]";
    }
}
