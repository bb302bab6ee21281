package dev.halo.gateway.webhook;

import dev.halo.gateway.config.WebhookConfig;
import dev.halo.gateway.store.Store;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

/**
 * The webhooks in PostgreSQL. All gateways share the work: who takes one puts off the time at which it is due, which is
 * its lease, and writes down what became of it only while the lease is still its own. Times are the database's.
 */
@ApplicationScoped
class WebhookStore {

    private static final String ADD = """
            insert into gateway.webhook_delivery
              (webhook_id, integrator_id, site_id, query_id, source, occurred_at, status, next_at, last_reason, finished_at)
            select $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::timestamptz, case when crowd.is_full then 'undelivered' else 'waiting' end, now(),
                case when crowd.is_full then 'tooManyWaiting' end, case when crowd.is_full then now() end
            from (select count(*) >= $7 as is_full
                from (select 1 from gateway.webhook_delivery
                      where integrator_id = $2 and status = 'waiting' limit $7) as waiting) as crowd""";

    /** One of each integrator, so that a crowd of one does not keep the others from their turn. */
    private static final String TAKE = """
            with due as (
                select distinct integrator_id from gateway.webhook_delivery
                where status = 'waiting' and next_at <= now() and integrator_id <> all($1)),
            picked as (
                select one.webhook_id from due cross join lateral (
                    select webhook_id from gateway.webhook_delivery
                    where integrator_id = due.integrator_id and status = 'waiting' and next_at <= now()
                    order by next_at limit 1 for update skip locked) as one
                limit $2)
            update gateway.webhook_delivery as taken
            set attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, now()), lease = $3,
                next_at = now() + $4 * interval '1 millisecond'
            from picked where taken.webhook_id = picked.webhook_id
            returning taken.webhook_id, integrator_id, site_id, query_id, source, occurred_at, attempts,
                last_pause_millis, (extract(epoch from now() - first_attempt_at) * 1000)::bigint as since_first""";

    private static final String DELIVERED =
            "delete from gateway.webhook_delivery where webhook_id = $1 and lease = $2 and status = 'waiting'";

    private static final String PUT_OFF = """
            update gateway.webhook_delivery
            set next_at = now() + $3 * interval '1 millisecond', last_pause_millis = $3, last_status = $4,
                last_reason = $5, lease = null
            where webhook_id = $1 and lease = $2 and status = 'waiting'""";

    private static final String GIVE_UP = """
            update gateway.webhook_delivery
            set status = 'undelivered', finished_at = now(), last_status = $3, last_reason = $4, lease = null
            where webhook_id = $1 and lease = $2 and status = 'waiting'""";

    private static final String LIST = """
            select webhook_id, integrator_id, site_id, query_id, source, occurred_at, attempts, last_status, last_reason,
                finished_at
            from gateway.webhook_delivery
            where status = 'undelivered' and ($1::uuid is null or integrator_id = $1)
                and ($2::uuid is null or site_id = $2)
            order by finished_at desc, webhook_id limit $3 offset $4""";

    private static final String RESEND = """
            update gateway.webhook_delivery
            set status = 'waiting', next_at = now(), attempts = 0, first_attempt_at = null, last_pause_millis = 0,
                finished_at = null, lease = null
            where webhook_id = $1 and status = 'undelivered' returning webhook_id""";

    private static final String FORGET = """
            delete from gateway.webhook_delivery
            where status = 'undelivered' and finished_at < now() - $1 * interval '1 millisecond'""";

    private final Store store;
    private final Duration timeout;

    WebhookStore(Store store, WebhookConfig config) {
        this.store = store;
        this.timeout = config.storeTimeout();
    }

    /** Adds a webhook in the connection's transaction; where too many wait already it is undelivered at once. */
    Future<Void> add(
            SqlConnection connection,
            UUID integratorId,
            UUID siteId,
            UUID queryId,
            WebhookSource source,
            Instant occurredAt,
            int maxWaiting) {
        return connection
                .preparedQuery(ADD)
                .execute(Tuple.from(Arrays.asList(
                        UUID.randomUUID(),
                        integratorId,
                        siteId,
                        queryId,
                        source.name(),
                        occurredAt.atOffset(ZoneOffset.UTC),
                        (long) maxWaiting)))
                .mapEmpty();
    }

    /**
     * Takes webhooks that are due, at most one of each integrator.
     *
     * @param not integrators that are to be left alone
     */
    CompletionStage<List<Delivery>> take(Collection<UUID> not, int max, UUID lease, Duration leaseTime) {
        Tuple parameters = Tuple.of(not.toArray(UUID[]::new), (long) max, lease, (double) leaseTime.toMillis());
        return store.execute(TAKE, parameters, timeout)
                .thenApply(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> delivery(row, lease))
                        .toList());
    }

    CompletionStage<Void> delivered(Delivery delivery) {
        return changed(DELIVERED, Tuple.of(delivery.id(), delivery.lease()));
    }

    CompletionStage<Void> putOff(Delivery delivery, Duration pause, Attempt attempt) {
        return changed(
                PUT_OFF,
                Tuple.of(
                        delivery.id(),
                        delivery.lease(),
                        (double) pause.toMillis(),
                        attempt.status(),
                        attempt.reason()));
    }

    CompletionStage<Void> giveUp(Delivery delivery, Attempt attempt) {
        return changed(GIVE_UP, Tuple.of(delivery.id(), delivery.lease(), attempt.status(), attempt.reason()));
    }

    /** Undelivered ones, the latest first. */
    CompletionStage<List<UndeliveredWebhook>> undelivered(
            Optional<UUID> integratorId, Optional<UUID> siteId, int offset, int limit) {
        Tuple parameters = Tuple.of(integratorId.orElse(null), siteId.orElse(null), (long) limit, (long) offset);
        return store.execute(LIST, parameters, timeout)
                .thenApply(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(WebhookStore::undelivered)
                        .toList());
    }

    /** Has an undelivered one sent again, with all its attempts; false where there is none. */
    CompletionStage<Boolean> resend(UUID id) {
        return store.execute(RESEND, Tuple.of(id), timeout).thenApply(rows -> rows.rowCount() > 0);
    }

    /** Forgets what has been undelivered for longer. */
    CompletionStage<Integer> forget(Duration age) {
        return store.execute(FORGET, Tuple.of((double) age.toMillis()), timeout).thenApply(rows -> rows.rowCount());
    }

    private CompletionStage<Void> changed(String sql, Tuple parameters) {
        return store.execute(sql, parameters, timeout).thenAccept(rows -> {});
    }

    private static Delivery delivery(Row row, UUID lease) {
        return new Delivery(
                row.getUUID("webhook_id"),
                row.getUUID("integrator_id"),
                row.getUUID("site_id"),
                row.getUUID("query_id"),
                WebhookSource.valueOf(row.getString("source")),
                row.getOffsetDateTime("occurred_at").toInstant(),
                row.getInteger("attempts"),
                Duration.ofMillis(row.getLong("last_pause_millis")),
                Duration.ofMillis(row.getLong("since_first")),
                lease);
    }

    private static UndeliveredWebhook undelivered(Row row) {
        return new UndeliveredWebhook(
                row.getUUID("webhook_id"),
                row.getUUID("integrator_id"),
                row.getUUID("site_id"),
                row.getUUID("query_id"),
                row.getString("source").toLowerCase(Locale.ROOT),
                row.getOffsetDateTime("occurred_at").toInstant(),
                row.getOffsetDateTime("finished_at").toInstant(),
                row.getInteger("attempts"),
                row.getInteger("last_status"),
                row.getString("last_reason"));
    }
}
