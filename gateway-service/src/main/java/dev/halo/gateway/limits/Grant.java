package dev.halo.gateway.limits;

import java.util.concurrent.CompletionStage;

/** What a quota says of a request. */
sealed interface Grant {

    /** It may go on. */
    record Given(QuotaTicket ticket) implements Grant {}

    /**
     * A quota is used up.
     *
     * @param what queries, or bytes of results
     * @param limit of the day
     */
    record Exhausted(What what, long limit, QuotaDay day) implements Grant {}

    /** It cannot be told, and no more may be let through without knowing. */
    record Unknown() implements Grant {}

    /** It will be told within the store's time-out. */
    record Later(CompletionStage<Grant> grant) implements Grant {}

    /** The two quotas. */
    enum What {
        QUERIES,
        BYTES
    }
}
