package dev.halo.link.query;

import dev.halo.link.execution.ExecutionResult;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.Timing;

/** The outcomes of the Link's own making. */
public final class Outcomes {

    private static final int HTTP_UNAVAILABLE = 503;
    private static final int HTTP_TOO_LARGE = 413;

    private Outcomes() {}

    /** It never ran. */
    public static Outcome failed(QueryFailure failure, long queuedMillis) {
        return new Outcome.Failed(failure, new Timing(queuedMillis, 0, 0, 0));
    }

    /** Nothing of it has run: an async that the Link only has no time for any more comes again after the restart. */
    static Outcome notAttempted(QueryMode mode, QueryFailure failure, long queuedMillis) {
        return mode == QueryMode.ASYNC && failure.is(LinkErrorCode.LINK_SHUTTING_DOWN)
                ? new Outcome.Released(ReleaseCause.LINK_STOPPING)
                : failed(failure, queuedMillis);
    }

    static Timing timing(ExecutionResult result, long queuedMillis, long uploadMillis) {
        return new Timing(
                queuedMillis, result.elapsed().executing(), result.elapsed().sql(), uploadMillis);
    }

    /** Of an execution; a result's rows are dealt with apart. */
    public static Outcome of(ExecutionResult result, Outcome.Storage storage, long queuedMillis, long uploadMillis) {
        Timing timing = timing(result, queuedMillis, uploadMillis);
        if (result instanceof ExecutionResult.Rows rows) {
            return new Outcome.Rows(rows.rows(), rows.bytes(), storage, rows.parameters(), timing);
        }
        if (result instanceof ExecutionResult.Affected affected) {
            return new Outcome.Affected(affected.rowsAffected(), affected.parameters(), timing);
        }
        return new Outcome.Failed(((ExecutionResult.Failed) result).failure(), timing);
    }

    /** Rows were produced and no gateway has them. */
    public static Outcome uploadFailed(
            ExecutionResult result, QueryFailure why, boolean wrote, long queuedMillis, long uploadMillis) {
        QueryFailure told = wrote
                ? new QueryFailure(
                        why.type(), why.code(), why.message() + " The statement ran and its changes are committed.")
                : why;
        return new Outcome.Failed(told, timing(result, queuedMillis, uploadMillis));
    }

    /** Why, where no more is known. */
    public static QueryFailure notStored() {
        return new QueryFailure(ErrorType.HTTP, HTTP_UNAVAILABLE, "The result could not be stored.");
    }

    /** The output parameters alone are more than a message holds. */
    public static Outcome tooLarge() {
        return new Outcome.Failed(
                new QueryFailure(
                        ErrorType.HTTP,
                        HTTP_TOO_LARGE,
                        "The statement ran, but its output parameters are too large to be delivered."),
                null);
    }

    /** Another Link serves the site, or none. */
    public static QueryFailure superseded() {
        return LinkErrorCode.SITE_SUPERSEDED.failure("The site is no longer authoritative; redo Get sites.");
    }

    /** The practice does not let the integrator in. */
    public static QueryFailure disabled() {
        return LinkErrorCode.INTEGRATOR_DISABLED.failure("The practice has not enabled this integrator.");
    }

    /** The site has no such database. */
    public static QueryFailure unknownCatalogue(String name) {
        return LinkErrorCode.UNKNOWN_CATALOGUE.failure("The site has no catalogue of the name " + quoted(name) + ".");
    }

    /** It waited too long. */
    public static QueryFailure expired() {
        return LinkErrorCode.EXPIRED_IN_QUEUE.failure("The query waited longer than its maxTimeInQueue.");
    }

    static QueryFailure shuttingDown() {
        return LinkErrorCode.LINK_SHUTTING_DOWN.failure("The Link is shutting down.");
    }

    static QueryFailure cancelled() {
        return LinkErrorCode.CANCELLED.failure("The query was cancelled.");
    }

    /** The Link itself failed. */
    public static QueryFailure internal() {
        return LinkErrorCode.INTERNAL.failure("The Link failed to run the query.");
    }

    private static String quoted(String name) {
        int bound = 64;
        return '\'' + (name.length() > bound ? name.substring(0, bound) + "…" : name) + '\'';
    }
}
