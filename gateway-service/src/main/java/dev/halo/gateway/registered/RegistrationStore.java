package dev.halo.gateway.registered;

import dev.halo.gateway.access.SiteChecks.Allowed;
import dev.halo.gateway.config.RegisteredConfig;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.idempotency.Idempotency;
import dev.halo.gateway.idempotency.IdempotentRequest;
import dev.halo.gateway.query.RegisteredCommand;
import dev.halo.gateway.store.Store;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.site.SiteRecord;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

/** The registered queries in PostgreSQL, as integrators make, see and end them. */
@ApplicationScoped
class RegistrationStore {

    private static final Duration CROWDED = Duration.ofSeconds(60);

    /** Two that register at once must not both be the last for whom there is room. */
    private static final String ONE_AT_A_TIME =
            "select pg_advisory_xact_lock(hashtextextended('registered' || $1::text || $2::text, 0))";

    private static final String COUNT = """
            select count(*) filter (where status = 'enabled') as enabled, count(*) as kept
            from gateway.registered_query where integrator_id = $1 and site_id = $2""";

    private static final String INSERT = """
            insert into gateway.registered_query
              (query_id, integrator_id, site_id, link_id, name, status, frequency_seconds, duration_seconds, command,
               catalogue, request_size, created_at, ends_at, enabled_since)
            values ($1, $2, $3, $4, $5, 'enabled', $6, $7, $8, $9, $10, $11, $12, $13)""";

    private static final String COLUMNS = """
            select query_id, integrator_id, site_id, link_id, name, status, frequency_seconds, duration_seconds,
                created_at, ended_at, last_hash, result_number, last_succeeded_at, last_failed_at, last_execution_millis,
                succeeded, failed, result_size_sum, request_size, error_type, error_code, error_message,
                coalesce(enabled_since, created_at) as enabled_since
            from gateway.registered_query""";

    private static final String FIND = COLUMNS
            + " where query_id = $1 and (status = 'enabled' or ended_at > now() - $2 * interval '1 millisecond')";

    private static final String LIST = COLUMNS
            + " where integrator_id = $1 and site_id = $2 and (status = 'enabled' or ended_at > now() - $3 * interval '1"
            + " millisecond') order by created_at desc, query_id desc limit $4";

    private static final String CANCEL = """
            update gateway.registered_query set status = 'cancelled', ended_at = $2, command = null
            where query_id = $1 and status = 'enabled' returning query_id""";

    private final Store store;
    private final Idempotency idempotency;
    private final RegisteredConfig config;

    RegistrationStore(Store store, Idempotency idempotency, RegisteredConfig config) {
        this.store = store;
        this.idempotency = idempotency;
        this.config = config;
    }

    /**
     * Stores a registration.
     *
     * @param key under which it may come again
     * @return its id, or that of the one that the key stands for; fails with {@link Refusal}: 503 if there is no room or
     *     no store, 409 if the key belongs to another request
     */
    CompletionStage<UUID> create(
            UUID id,
            Instant createdAt,
            Allowed allowed,
            UUID integratorId,
            RegisteredCommand body,
            Optional<IdempotentRequest> key) {
        return store.inTransaction(config.storeTimeout(), connection -> idempotency
                        .claim(connection, key, id)
                        .compose(first -> first.equals(id)
                                ? insert(connection, id, createdAt, allowed, integratorId, body)
                                        .map(first)
                                : Future.succeededFuture(first)))
                .exceptionallyCompose(RegistrationStore::refused);
    }

    /** Empty if there is none, or not any more. Fails with {@link Refusal}. */
    CompletionStage<Optional<Registration>> find(UUID id) {
        return store.execute(FIND, Tuple.of(id, millis(config.retention())), config.storeTimeout())
                .thenApply(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(RegistrationStore::registration)
                        .findFirst())
                .exceptionallyCompose(RegistrationStore::refused);
    }

    /** Those that are enabled and those that ended lately, the newest first. Fails with {@link Refusal}. */
    CompletionStage<List<Registration>> list(UUID integratorId, UUID siteId) {
        Tuple parameters = Tuple.of(integratorId, siteId, millis(config.retention()), (long) config.maxKept());
        return store.execute(LIST, parameters, config.storeTimeout())
                .thenApply(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(RegistrationStore::registration)
                        .toList())
                .exceptionallyCompose(RegistrationStore::refused);
    }

    /** Ends one for its integrator; false where it had ended already. Fails with {@link Refusal}. */
    CompletionStage<Boolean> cancel(UUID id) {
        return store.execute(CANCEL, Tuple.of(id, utc(Instant.now())), config.storeTimeout())
                .thenApply(rows -> rows.rowCount() > 0)
                .exceptionallyCompose(RegistrationStore::refused);
    }

    private Future<Void> insert(
            SqlConnection connection,
            UUID id,
            Instant createdAt,
            Allowed allowed,
            UUID integratorId,
            RegisteredCommand body) {
        SiteRecord site = allowed.site();
        Tuple place = Tuple.of(integratorId, site.siteId());
        return connection
                .preparedQuery(ONE_AT_A_TIME)
                .execute(Tuple.of(integratorId.toString(), site.siteId().toString()))
                .compose(locked -> connection.preparedQuery(COUNT).execute(place))
                .compose(counts -> {
                    requireRoom(counts.iterator().next());
                    return connection
                            .preparedQuery(INSERT)
                            .execute(Tuple.from(Arrays.asList(
                                    id,
                                    integratorId,
                                    site.siteId(),
                                    site.linkId(),
                                    body.name(),
                                    body.frequencySeconds(),
                                    body.durationSeconds(),
                                    Buffer.buffer(Json.bytes(body.command())),
                                    body.catalogue(),
                                    body.requestSize(),
                                    utc(createdAt),
                                    utc(createdAt.plusSeconds(body.durationSeconds())),
                                    allowed.enabledSince() == null ? null : utc(allowed.enabledSince()))));
                })
                .mapEmpty();
    }

    private void requireRoom(Row counts) {
        if (counts.getLong("enabled") >= config.maxEnabled()) {
            throw Refusal.unavailable(
                    "As many queries as can be, " + config.maxEnabled()
                            + ", are registered with this site; end one first. This one was not registered.",
                    CROWDED);
        }
        if (counts.getLong("kept") >= config.maxKept()) {
            throw Refusal.unavailable(
                    "Too many queries were registered with this site lately; this one was not.", CROWDED);
        }
    }

    private static Registration registration(Row row) {
        Registration.Status status = Registration.Status.fromWire(row.getString("status"));
        return new Registration(
                row.getUUID("query_id"),
                row.getUUID("integrator_id"),
                row.getUUID("site_id"),
                row.getUUID("link_id"),
                row.getString("name"),
                status,
                row.getInteger("frequency_seconds"),
                row.getInteger("duration_seconds"),
                instant(row, "created_at"),
                instant(row, "enabled_since"),
                status == Registration.Status.COMPLETED ? instant(row, "ended_at") : null,
                row.getString("last_hash"),
                failure(row),
                row.getLong("result_number") != null,
                new Registration.Metrics(
                        instant(row, "last_succeeded_at"),
                        instant(row, "last_failed_at"),
                        row.getLong("last_execution_millis"),
                        row.getLong("succeeded"),
                        row.getLong("failed"),
                        row.getLong("result_size_sum"),
                        row.getInteger("request_size")));
    }

    private static QueryFailure failure(Row row) {
        String type = row.getString("error_type");
        return type == null
                ? null
                : new QueryFailure(
                        ErrorType.fromWire(type), row.getInteger("error_code"), row.getString("error_message"));
    }

    private static Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static double millis(Duration duration) {
        return duration.toMillis();
    }

    static <T> CompletionStage<T> refused(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return CompletableFuture.failedFuture(cause instanceof Refusal ? cause : Store.unavailable());
    }
}
