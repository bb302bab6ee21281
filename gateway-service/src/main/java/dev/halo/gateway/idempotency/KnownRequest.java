package dev.halo.gateway.idempotency;

import java.util.UUID;

/**
 * What is known of a key.
 *
 * @param queryId of the query that the first request with it has made
 * @param state how far that has come; only ever changes for immediate queries
 * @param httpStatus of its answer; null unless it can be given again
 * @param answer its JSON; null unless it can be given again
 * @param ageMillis since the first request
 */
public record KnownRequest(UUID queryId, State state, Integer httpStatus, String answer, long ageMillis) {

    /** How far the first request has come. */
    public enum State {
        /** It has been accepted, or is being carried out. */
        BEGUN,
        /** It has ended, and its answer can be given again. */
        ANSWERED,
        /** It has ended, with values of the practice's that are not kept. */
        NOT_KEPT
    }
}
