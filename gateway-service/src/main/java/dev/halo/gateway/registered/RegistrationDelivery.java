package dev.halo.gateway.registered;

import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.SessionDirectory;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.session.SessionRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Sends the Links what they should hold. Each call only says that a Link may lack something; what that is, and whether
 * another gateway sees to it already, the store knows.
 */
final class RegistrationDelivery {

    private static final Logger LOG = Logger.getLogger(RegistrationDelivery.class);

    /** How often, and how long apart, it is looked whether a session that was heard of is known here too. */
    private static final int LOOKS = 20;

    private static final long LOOK_MILLIS = 250;

    private final LinkSide linkSide;
    private final RegistrationCourier courier;
    private final SessionDirectory sessions;
    private final ScheduledExecutorService worker;
    private final Set<UUID> wanted = ConcurrentHashMap.newKeySet();

    /** @param worker owned, and ended, by the caller */
    RegistrationDelivery(
            LinkSide linkSide,
            RegistrationCourier courier,
            SessionDirectory sessions,
            ScheduledExecutorService worker) {
        this.linkSide = linkSide;
        this.courier = courier;
        this.sessions = sessions;
        this.worker = worker;
    }

    /** Has a Link get soon what it lacks, if it has a session. */
    void soon(UUID linkId) {
        if (wanted.add(linkId)) {
            run(() -> {
                wanted.remove(linkId);
                session(linkId).ifPresent(this::deliver);
            });
        }
    }

    /** As {@link #soon}, for a session of which this gateway's view may not know yet. */
    void opened(UUID linkId, UUID sessionId) {
        look(linkId, sessionId, LOOKS);
    }

    private void look(UUID linkId, UUID sessionId, int left) {
        Optional<SessionRecord.Open> session = session(linkId);
        if (session.filter(open -> open.sessionId().equals(sessionId)).isPresent() || left == 0) {
            soon(linkId);
            return;
        }
        try {
            worker.schedule(() -> look(linkId, sessionId, left - 1), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("event=registrationsStopped");
        }
    }

    /** Has a Link end what has ended here, if it has a session. */
    void cancel(List<LinkSide.Place> places, LinkErrorCode cause) {
        run(() -> places.forEach(
                place -> session(place.linkId()).ifPresent(session -> courier.cancel(place, cause, session))));
    }

    /** In the worker's thread only: sends a Link what it lacks now. */
    void deliver(SessionRecord.Open session) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try {
            List<RegisteredRequest> requests = linkSide.toSend(session.linkId(), session.sessionId(), now)
                    .toCompletableFuture()
                    .join();
            requests.forEach(request -> courier.register(request, session));
        } catch (CompletionException e) {
            LOG.warnf(
                    "event=registrationsNotSent linkId=%s error=%s",
                    session.linkId(), e.getCause().getClass().getSimpleName());
        }
    }

    Optional<SessionRecord.Open> session(UUID linkId) {
        return sessions.presence(linkId) instanceof LinkPresence.Connected connected
                ? Optional.of(connected.session())
                : Optional.empty();
    }

    private void run(Runnable task) {
        try {
            worker.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("event=registrationFault", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("event=registrationsStopped");
        }
    }
}
