package dev.halo.gateway.immediate;

import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.site.Availability;
import java.time.Duration;

/**
 * What the gateway itself says of a query, where no outcome of the Link does. What was certainly not attempted is refused
 * with 503; of the rest, what cannot have changed anything failed in transport, and of what can the outcome is unknown.
 */
final class Verdicts {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofSeconds(30);
    private static final int GATEWAY_TIMEOUT = 504;

    private Verdicts() {}

    static Refusal notReached(Availability availability) {
        return switch (availability) {
            case ONLINE ->
                Refusal.unavailable(
                        "Site could not be contacted: its connection is being renewed. The query was not attempted.",
                        SOON);
            case OFFLINE ->
                Refusal.unavailable("Site could not be contacted: it is offline. The query was not attempted.", LATER);
            case UNREACHABLE ->
                Refusal.unavailable(
                        "Site could not be contacted: nothing has been heard of it. The query was not attempted.",
                        LATER);
        };
    }

    static Refusal siteBusy() {
        return Refusal.unavailable(
                "Site could not be contacted: it has as many queries as it can take. The query was not attempted.",
                SOON);
    }

    static Refusal overloaded() {
        return Refusal.unavailable(
                "The query could not be passed on: too much is under way here. It was not attempted.", SOON);
    }

    static QueryFailure sessionLost(Command command) {
        return command.mayWrite()
                ? unknown()
                : transport("The site's connection broke while the query ran, and its outcome did not come.");
    }

    static QueryFailure timedOut(Command command) {
        return command.mayWrite() ? unknown() : transport("The site did not answer in time.");
    }

    static QueryFailure unreadable(Command command) {
        return command.mayWrite() ? unknown() : transport("The site's answer could not be read.");
    }

    static QueryFailure callerGone(Command command) {
        return command.mayWrite()
                ? unknown()
                : LinkErrorCode.CANCELLED.failure("The connection that waited for the answer was closed.");
    }

    /** It ran and has rows, but they are not to be had. */
    static QueryFailure rowsLost(Command command) {
        return transport(
                command.mayWrite()
                        ? "The statement ran and what it changed is committed, but its rows could not be fetched."
                        : "The query ran, but its rows could not be fetched.");
    }

    static QueryFailure unknown() {
        return LinkErrorCode.OUTCOME_UNKNOWN.failure(
                "The outcome is unknown: what the statement writes may have been committed. Look before repeating it.");
    }

    private static QueryFailure transport(String message) {
        return new QueryFailure(ErrorType.HTTP, GATEWAY_TIMEOUT, message);
    }
}
