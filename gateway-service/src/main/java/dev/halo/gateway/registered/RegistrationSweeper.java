package dev.halo.gateway.registered;

import dev.halo.gateway.config.RegisteredConfig;
import dev.halo.gateway.registered.LinkSide.Left;
import dev.halo.gateway.registered.LinkSide.Place;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.site.SiteRecord;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/**
 * Puts right, one gateway at a time, what time and others have changed: registrations that have run their duration, that
 * their practice or their site's authority no longer allows, that their Links lack, that ended long ago.
 */
final class RegistrationSweeper {

    private static final Logger LOG = Logger.getLogger(RegistrationSweeper.class);

    /** Names the lock of this work among the advisory locks of the database. */
    private static final long LOCK = 0x48616c6f52656731L;

    private static final String TRY_LOCK = "select pg_try_advisory_xact_lock($1)";
    private static final int BATCH = 1000;

    /** What a round found to be done once it is committed. */
    private static final class Findings {
        private final Map<LinkErrorCode, List<Place>> ended = new EnumMap<>(LinkErrorCode.class);
        private final Set<UUID> lacking = new HashSet<>();
    }

    private final Store store;
    private final LinkSide linkSide;
    private final RegistrationDelivery delivery;
    private final Views views;
    private final RegisteredConfig config;

    RegistrationSweeper(
            Store store, LinkSide linkSide, RegistrationDelivery delivery, Views views, RegisteredConfig config) {
        this.store = store;
        this.linkSide = linkSide;
        this.delivery = delivery;
        this.views = views;
        this.config = config;
    }

    /** One round, in the thread of the delivery. Whatever fails is tried again by the next one. */
    void sweep() {
        if (!store.isReady() || !views.isLoaded()) {
            return;
        }
        try {
            Findings findings = new Findings();
            store.inTransaction(config.resultTimeout(), connection -> round(connection, findings))
                    .toCompletableFuture()
                    .join();
            findings.ended.forEach((cause, places) -> delivery.cancel(places, cause));
            findings.lacking.forEach(linkId -> delivery.session(linkId).ifPresent(delivery::deliver));
        } catch (CompletionException e) {
            LOG.warnf(
                    "event=registrationSweepFailed error=%s",
                    e.getCause().getClass().getSimpleName());
        } catch (RuntimeException e) {
            LOG.error("event=registrationSweepFault", e);
        }
    }

    private Future<Void> round(SqlConnection connection, Findings findings) {
        return connection.preparedQuery(TRY_LOCK).execute(Tuple.of(LOCK)).compose(locked -> {
            if (!locked.iterator().next().getBoolean(0)) {
                return Future.succeededFuture();
            }
            return linkSide.complete(connection)
                    .compose(done -> linkSide.forget(connection))
                    .compose(done -> linkSide.left(connection))
                    .compose(all -> removeLeft(connection, all))
                    .compose(done -> look(connection, new UUID(0, 0), findings));
        });
    }

    /** A practice that disables an integrator takes back the results of what had ended before, too. */
    private Future<Void> removeLeft(SqlConnection connection, List<Left> all) {
        Future<Void> done = Future.succeededFuture();
        for (Left one : all) {
            if (!views.integrators().isStillEnabled(one.integratorId(), one.siteId(), one.since())) {
                Instant before = views.integrators().enabledSince(one.integratorId(), one.siteId());
                done = done.compose(removed -> linkSide.removeLeft(connection, one, before));
            }
        }
        return done;
    }

    private Future<Void> look(SqlConnection connection, UUID after, Findings findings) {
        return linkSide.enabled(connection, after, BATCH).compose(places -> {
            Map<LinkErrorCode, List<UUID>> toEnd = new EnumMap<>(LinkErrorCode.class);
            for (Place place : places) {
                Optional<LinkErrorCode> cause = notAllowed(place);
                if (cause.isPresent()) {
                    toEnd.computeIfAbsent(cause.get(), code -> new ArrayList<>())
                            .add(place.queryId());
                } else if (lacks(place)) {
                    findings.lacking.add(place.linkId());
                }
            }
            Future<Void> ended = Future.succeededFuture();
            for (Map.Entry<LinkErrorCode, List<UUID>> entry : toEnd.entrySet()) {
                ended = ended.compose(done -> linkSide.end(connection, entry.getValue(), words(entry.getKey())))
                        .map(ends -> {
                            findings.ended
                                    .computeIfAbsent(entry.getKey(), code -> new ArrayList<>())
                                    .addAll(ends);
                            return null;
                        });
            }
            return places.size() < BATCH
                    ? ended
                    : ended.compose(done ->
                            look(connection, places.get(places.size() - 1).queryId(), findings));
        });
    }

    private boolean lacks(Place place) {
        return delivery.session(place.linkId())
                .filter(session -> !session.sessionId().equals(place.confirmedSession()))
                .isPresent();
    }

    /** Checks 6, 7 and 9, as when it was registered. */
    private Optional<LinkErrorCode> notAllowed(Place place) {
        Optional<SiteRecord> site = views.sites().visible(place.siteId());
        if (site.isEmpty() || !views.authority().isAuthoritative(site.get())) {
            return Optional.of(LinkErrorCode.SITE_SUPERSEDED);
        }
        return views.integrators().isStillEnabled(place.integratorId(), place.siteId(), place.enabledSince())
                ? Optional.empty()
                : Optional.of(LinkErrorCode.INTEGRATOR_DISABLED);
    }

    private static QueryFailure words(LinkErrorCode cause) {
        return cause == LinkErrorCode.INTEGRATOR_DISABLED
                ? cause.failure("The practice has disabled the integrator.")
                : cause.failure("The site is superseded: another one answers for the practice now, or none.");
    }
}
