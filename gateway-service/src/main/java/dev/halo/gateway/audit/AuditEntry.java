package dev.halo.gateway.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.query.Outcome;
import java.time.Instant;
import java.util.UUID;

/**
 * What somebody asked and what came of it. Never SQL, parameters or rows.
 *
 * @param at when it was asked, or when it ended where nobody waited
 * @param id its own, in the order of time
 * @param event what it tells of
 * @param integratorId null where nobody was recognised
 * @param credential what was shown by somebody who was not: a prefix and a fingerprint
 * @param address of the caller; null where there is none
 * @param method of the request; null where there is none
 * @param siteId null where none was named
 * @param queryId null where none was made
 * @param httpStatus of the answer; null where there was none
 * @param outcome a word: how the query ended, or which check refused it
 * @param rows of the result; null where there is none
 * @param bytes of the rows as JSON; null where there are none
 * @param durationMillis from the question to the answer or the end
 * @param sqlSha256 of the statement's text in UTF-8, lower-case hex; null where it was not read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditEntry(
        Instant at,
        UUID id,
        Event event,
        UUID integratorId,
        String credential,
        String address,
        String method,
        UUID siteId,
        UUID queryId,
        Integer httpStatus,
        String outcome,
        Long rows,
        Long bytes,
        long durationMillis,
        String sqlSha256) {

    /** The word for how a query ended; of a failure whose it was, and its number: its text may hold rows. */
    public static String outcomeOf(Outcome end) {
        return end instanceof Outcome.Failed failed
                ? failed.failure().type().wire() + ":" + failed.failure().code()
                : "successful";
    }

    /** What an entry tells of. */
    public enum Event {
        /** A query was asked, and answered or refused. */
        IMMEDIATE("immediate"),
        /** A query was asked, and stored or refused. */
        ASYNC("async"),
        /** A query was registered, or refused. */
        REGISTERED("registered"),
        /** An async query ended. */
        ASYNC_END("asyncEnd"),
        /** A registered query ran. */
        REGISTERED_RUN("registeredRun"),
        /** Rows of an earlier query were fetched, or refused. */
        RESULT("result"),
        /** Anything else that was refused. */
        REQUEST("request");

        private final String wire;

        Event(String wire) {
            this.wire = wire;
        }

        /** As it is stored and answered. */
        @JsonValue
        public String wire() {
            return wire;
        }

        static Event ofWire(String wire) {
            for (Event event : values()) {
                if (event.wire.equals(wire)) {
                    return event;
                }
            }
            throw new IllegalArgumentException("no such event");
        }
    }
}
