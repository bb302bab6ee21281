package dev.halo.gateway.async;

import dev.halo.gateway.config.AsyncConfig;
import dev.halo.messaging.LinkPresence;
import dev.halo.protocol.site.Availability;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What becomes of an unfinished query of which nothing is heard, so that each comes to an end whatever crashes. */
final class SweepRules {

    /**
     * What is known beside the row.
     *
     * @param presence of its Link now
     * @param sentTo journal of the session that it was sent to; null where it is not known
     * @param now journal of the Link's session now; null where it is not known yet
     * @param lastPageAt when a page of it came last; null if none has
     */
    record Surroundings(LinkPresence presence, Availability availability, UUID sentTo, UUID now, Instant lastPageAt) {}

    private final AsyncConfig config;

    SweepRules(AsyncConfig config) {
        this.config = config;
    }

    /** @return empty: nothing, it may go on */
    Optional<AsyncQuery> of(AsyncQuery query, Surroundings around, Instant now) {
        if (query.hasEnded()) {
            return Optional.empty();
        }
        if (query.progress().sessionId() == null) {
            return waiting(query, around, now);
        }
        return query.status().isBefore(AsyncStatus.EXECUTING)
                ? notBegun(query, around, now)
                : running(query, around, now);
    }

    /** It was never taken, or was handed back. */
    private Optional<AsyncQuery> waiting(AsyncQuery query, Surroundings around, Instant now) {
        if (query.progress().cancel() != null) {
            return Transitions.ended(
                    query,
                    AsyncStatus.EXECUTION_FAILED,
                    Failures.of(query.progress().cancel()),
                    now);
        }
        // A moment more, so that one that must start at once is sent at all.
        return isOver(query.deadline(), config.sweep().unacknowledged(), now)
                ? notTaken(query, around.availability(), now)
                : Optional.empty();
    }

    private static Optional<AsyncQuery> notTaken(AsyncQuery query, Availability availability, Instant now) {
        return switch (availability) {
            case OFFLINE ->
                Transitions.ended(
                        query, AsyncStatus.INITIALISATION_FAILED_SITE_OFFLINE, Failures.notTaken(availability), now);
            case UNREACHABLE ->
                Transitions.ended(
                        query,
                        AsyncStatus.INITIALISATION_FAILED_SITE_UNREACHABLE,
                        Failures.notTaken(availability),
                        now);
            case ONLINE -> Transitions.ended(query, AsyncStatus.EXPIRED_IN_QUEUE, Failures.expired(), now);
        };
    }

    private Optional<AsyncQuery> notBegun(AsyncQuery query, Surroundings around, Instant now) {
        if (isOver(query.deadline(), config.sweep().expiry(), now)) {
            if (query.mayWrite() && !holds(query, around)) {
                // A Link that is away goes on with what it has: it may have run it, and nobody heard.
                return Transitions.ended(query, AsyncStatus.EXECUTION_FAILED, Failures.unknown(true), now);
            }
            return query.status() == AsyncStatus.QUEUED
                    ? Transitions.ended(query, AsyncStatus.EXPIRED_IN_QUEUE, Failures.expired(), now)
                    : notTaken(query, around.availability(), now);
        }
        boolean unacknowledged = query.status() == AsyncStatus.INITIALISING
                && isOver(query.progress().sentAt(), config.sweep().unacknowledged(), now);
        return unacknowledged && around.presence() instanceof LinkPresence.Connected
                ? again(query, around, now)
                : Optional.empty();
    }

    /** Nobody acknowledged it. The Link knows it by its id, should it have it. */
    private static Optional<AsyncQuery> again(AsyncQuery query, Surroundings around, Instant now) {
        if (!holds(query, around)) {
            if (around.now() == null) {
                // The session's event is still to come, and tells more.
                return Optional.empty();
            }
            if (query.mayWrite() && !around.now().equals(around.sentTo())) {
                return Transitions.ended(query, AsyncStatus.EXECUTION_FAILED, Failures.unknown(true), now);
            }
        }
        return Optional.of(Transitions.anew(query, null, now));
    }

    private Optional<AsyncQuery> running(AsyncQuery query, Surroundings around, Instant now) {
        Instant heard = query.progress().updatedAt();
        if (around.lastPageAt() != null && around.lastPageAt().isAfter(heard)) {
            heard = around.lastPageAt();
        }
        boolean lost = around.presence() instanceof LinkPresence.Connected
                ? isOver(heard, config.sweep().forgotten(), now)
                : isOver(
                                begun(query),
                                config.executionLimit().plus(config.sweep().lost()),
                                now)
                        && isOver(lastHeard(around.presence()), config.sweep().lost(), now);
        return lost
                ? Transitions.ended(query, AsyncStatus.EXECUTION_FAILED, Failures.unknown(query.mayWrite()), now)
                : Optional.empty();
    }

    private static Instant begun(AsyncQuery query) {
        return query.progress().executingAt() == null
                ? query.progress().updatedAt()
                : query.progress().executingAt();
    }

    private static Instant lastHeard(LinkPresence presence) {
        if (presence instanceof LinkPresence.Away away) {
            return away.lastHeardAt();
        }
        return presence instanceof LinkPresence.Offline offline ? offline.since() : Instant.EPOCH;
    }

    private static boolean holds(AsyncQuery query, Surroundings around) {
        return around.presence() instanceof LinkPresence.Connected connected
                && connected.session().sessionId().equals(query.progress().sessionId());
    }

    private static boolean isOver(Instant time, Duration more, Instant now) {
        return time.plus(more).isBefore(now);
    }
}
