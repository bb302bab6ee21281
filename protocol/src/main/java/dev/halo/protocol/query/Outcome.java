package dev.halo.protocol.query;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Objects;

/**
 * The one end of one attempt to run a query. A result's JSON is not in it: it follows as the message's body, or lies at
 * the gateways ({@link Storage}).
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Outcome.Rows.class, name = "rows"),
    @JsonSubTypes.Type(value = Outcome.Affected.class, name = "affected"),
    @JsonSubTypes.Type(value = Outcome.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = Outcome.Released.class, name = "released")
})
public sealed interface Outcome {

    /** Where the rows' JSON is. */
    enum Storage {
        /** Behind the header, in the same message. */
        INLINE,
        /** PUT to a gateway before this outcome was sent. */
        STORED
    }

    /**
     * Rows were read.
     *
     * @param rows their number
     * @param size bytes of their JSON array
     * @param parameters output parameters, empty where there are none
     * @param pages that were PUT, numbered from 1 without a gap; 0 where the rows are inline
     */
    record Rows(long rows, long size, Storage storage, List<Parameter> parameters, Timing timing, int pages)
            implements Outcome {
        public Rows {
            Objects.requireNonNull(storage, "storage");
            Objects.requireNonNull(timing, "timing");
            parameters = parameters == null ? List.of() : List.copyOf(parameters);
            QueryBounds.requirePages(pages);
        }

        /** A result that lies in one place: inline, or in the one page that was PUT. */
        public Rows(long rows, long size, Storage storage, List<Parameter> parameters, Timing timing) {
            this(rows, size, storage, parameters, timing, storage == Storage.STORED ? 1 : 0);
        }
    }

    /**
     * A nonQuery ran.
     *
     * @param rowsAffected inserted, updated and deleted rows; 0 for a SELECT
     * @param parameters output parameters, empty where there are none
     */
    record Affected(long rowsAffected, List<Parameter> parameters, Timing timing) implements Outcome {
        public Affected {
            Objects.requireNonNull(timing, "timing");
            parameters = parameters == null ? List.of() : List.copyOf(parameters);
        }
    }

    /** It was attempted, or refused by the Link, and has failed for good. */
    record Failed(QueryFailure failure, Timing timing) implements Outcome {
        public Failed {
            Objects.requireNonNull(failure, "failure");
            timing = timing == null ? Timing.NONE : timing;
        }
    }

    /** Nobody attempted it, and this attempt never will; the sender may try again elsewhere. */
    record Released(ReleaseCause cause) implements Outcome {
        public Released {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /** Why a query was handed back without an attempt. */
    enum ReleaseCause {
        /** The bridge does not hold the session that the query names. */
        NO_SUCH_SESSION,
        /** The site has as many queries as it gave credit for. */
        NO_CREDIT,
        /** The bridge is about to stop. */
        DRAINING,
        /** The Link is about to stop and had not begun it; it may be sent again to the Link's next session. */
        LINK_STOPPING,
        /** The session could not take it: its socket is closed or congested. */
        NOT_SENT,
        /** The site is not one of the session's Link, as the registry knows it. */
        NOT_THE_LINKS_SITE,
        /** The record could not be read, or its time was over when it arrived. */
        UNUSABLE
    }
}
