package dev.halo.gateway.registered;

import static dev.halo.gateway.registered.RegistrationStore.utc;

import dev.halo.gateway.config.RegisteredConfig;
import dev.halo.gateway.store.Store;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.RegisteredRequest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

/** The registered queries in PostgreSQL, as they are kept in step with the Links. */
@ApplicationScoped
class LinkSide {

    private static final int BATCH = 200;

    private static final String UNCONFIRMED = """
            select query_id, site_id, integrator_id, command, catalogue, frequency_seconds, duration_seconds, created_at,
                grid_at, ends_at, last_number, last_hash
            from gateway.registered_query
            where link_id = $1 and status = 'enabled' and confirmed_session is distinct from $2
                and (sent_session is distinct from $2 or sent_at < $3)
            order by query_id limit $4 for update skip locked""";

    private static final String SENT = """
            update gateway.registered_query set sent_session = $2, sent_at = $3, grid_at = $4, ends_at = $5
            where query_id = $1""";

    private static final String CONFIRM = """
            update gateway.registered_query set confirmed_session = $3
            where query_id = $1 and link_id = $2 and status = 'enabled' and sent_session is not null""";

    private static final String RESEND = """
            update gateway.registered_query set confirmed_session = null, sent_session = null
            where query_id = $1 and link_id = $2 and status = 'enabled'""";

    private static final String ENDED_OF = """
            select query_id, site_id, integrator_id from gateway.registered_query
            where query_id = any($1) and link_id = $2 and status <> 'enabled'""";

    private static final String END_BY_LINK = """
            with ended as (
                update gateway.registered_query
                set status = $3, ended_at = now(), command = null, error_type = $4, error_code = $5,
                    error_message = $6, result_number = case when $7 then null else result_number end
                where query_id = $1 and link_id = $2 and status = 'enabled' returning query_id)
            delete from gateway.registered_result as result using ended
            where $7 and result.query_id = ended.query_id""";

    private static final String END = """
            update gateway.registered_query
            set status = 'cancelled', ended_at = now(), command = null, error_type = $2, error_code = $3,
                error_message = $4, result_number = case when $5 then null else result_number end
            where query_id = any($1) and status = 'enabled'
            returning query_id, site_id, integrator_id, link_id""";

    private static final String REMOVE_RESULTS = "delete from gateway.registered_result where query_id = any($1)";

    private static final String COMPLETE = """
            update gateway.registered_query
            set command = null, ended_at = ends_at,
                status = case when confirmed_session is null and last_number = 0
                    then 'initialisationFailedCacheError' else 'completed' end,
                error_type = case when confirmed_session is null and last_number = 0 then $2 else error_type end,
                error_code = case when confirmed_session is null and last_number = 0 then $3 else error_code end,
                error_message = case when confirmed_session is null and last_number = 0 then $4 else error_message end
            where status = 'enabled' and ends_at < now() - $1 * interval '1 millisecond'""";

    private static final String FORGET = """
            delete from gateway.registered_query
            where status <> 'enabled' and ended_at < now() - $1 * interval '1 millisecond'""";

    private static final String ENABLED = """
            select query_id, site_id, integrator_id, link_id, confirmed_session,
                coalesce(enabled_since, created_at) as enabled_since
            from gateway.registered_query
            where status = 'enabled' and query_id > $1 order by query_id limit $2""";

    private static final String LEFT = """
            select integrator_id, site_id, min(coalesce(enabled_since, created_at)) from gateway.registered_query
            where status <> 'enabled' and result_number is not null group by integrator_id, site_id""";

    private static final String REMOVE_LEFT = """
            with left_of as (
                update gateway.registered_query set result_number = null
                where integrator_id = $1 and site_id = $2 and status <> 'enabled' and result_number is not null
                    and ($3::timestamptz is null or coalesce(enabled_since, created_at) < $3)
                returning query_id)
            delete from gateway.registered_result result using left_of where result.query_id = left_of.query_id""";

    /**
     * An enabled registration, or one that was ended just now.
     *
     * @param enabledSince as in {@link Registration}; null of one that was ended
     */
    record Place(
            UUID queryId, UUID siteId, UUID integratorId, UUID linkId, UUID confirmedSession, Instant enabledSince) {}

    /**
     * Whose results of registrations that have ended are stored.
     *
     * @param since the integrator had been enabled when it registered the one for which that is longest ago
     */
    record Left(UUID integratorId, UUID siteId, Instant since) {}

    private final Store store;
    private final RegisteredConfig config;

    LinkSide(Store store, RegisteredConfig config) {
        this.store = store;
        this.config = config;
    }

    /**
     * Notes that the registrations of a Link, of which it has not said that it holds them, are sent to a session.
     *
     * @return what is to be sent; at most {@value #BATCH} of them
     */
    CompletionStage<List<RegisteredRequest>> toSend(UUID linkId, UUID sessionId, Instant now) {
        Tuple parameters = Tuple.of(linkId, sessionId, utc(now.minus(config.resendAfter())), (long) BATCH);
        return store.inTransaction(config.storeTimeout(), connection -> connection
                .preparedQuery(UNCONFIRMED)
                .execute(parameters)
                .compose(rows -> sent(connection, rows, sessionId, now)));
    }

    private Future<List<RegisteredRequest>> sent(
            SqlConnection connection, RowSet<Row> rows, UUID sessionId, Instant now) {
        List<RegisteredRequest> requests = new ArrayList<>();
        List<Tuple> updates = new ArrayList<>();
        for (Row row : rows) {
            Schedule schedule = schedule(row, now);
            requests.add(request(row, schedule));
            updates.add(Tuple.of(
                    row.getUUID("query_id"), sessionId, utc(now), utc(schedule.grid()), utc(schedule.endsAt())));
        }
        return updates.isEmpty()
                ? Future.succeededFuture(List.of())
                : connection.preparedQuery(SENT).executeBatch(updates).map(done -> requests);
    }

    private static Schedule schedule(Row row, Instant now) {
        Instant createdAt = row.getOffsetDateTime("created_at").toInstant();
        Duration duration = Duration.ofSeconds(row.getInteger("duration_seconds"));
        if (row.getLong("last_number") == 0) {
            return Schedule.first(createdAt, duration, now);
        }
        return Schedule.next(
                row.getOffsetDateTime("grid_at").toInstant(),
                row.getOffsetDateTime("ends_at").toInstant(),
                Duration.ofSeconds(row.getInteger("frequency_seconds")),
                now);
    }

    private static RegisteredRequest request(Row row, Schedule schedule) {
        return new RegisteredRequest(
                row.getUUID("query_id"),
                row.getUUID("site_id"),
                row.getUUID("integrator_id"),
                Json.read(row.getBuffer("command").getBytes(), Command.class),
                row.getString("catalogue"),
                row.getInteger("frequency_seconds"),
                schedule.firstRun().toMillis(),
                schedule.remaining().toMillis(),
                row.getLong("last_number"),
                row.getString("last_hash"),
                row.getOffsetDateTime("created_at").toInstant());
    }

    /** The Link holds it, in this session. */
    CompletionStage<Void> confirmed(UUID queryId, UUID linkId, UUID sessionId) {
        return changed(CONFIRM, Tuple.of(queryId, linkId, sessionId));
    }

    /** The Link does not hold it, or not as it is here. */
    CompletionStage<Void> sendAgain(UUID queryId, UUID linkId) {
        return changed(RESEND, Tuple.of(queryId, linkId));
    }

    /** As {@link #sendAgain}, in a transaction. */
    static Future<Void> sendAgain(SqlConnection connection, UUID queryId, UUID linkId) {
        return connection
                .preparedQuery(RESEND)
                .execute(Tuple.of(queryId, linkId))
                .mapEmpty();
    }

    /** The Link has ended it. */
    CompletionStage<Void> endedByLink(UUID queryId, UUID linkId, Registration.Status status, QueryFailure failure) {
        return changed(
                END_BY_LINK,
                Tuple.from(Arrays.asList(
                        queryId,
                        linkId,
                        status.wire(),
                        failure.type().wire(),
                        failure.code(),
                        storable(failure.message()),
                        removesResults(failure))));
    }

    /** What another database says may hold what PostgreSQL's text cannot. */
    static String storable(String message) {
        return message.replace('\0', ' ');
    }

    /** A practice that disables an integrator takes its data back. */
    private static boolean removesResults(QueryFailure why) {
        return why.is(LinkErrorCode.INTEGRATOR_DISABLED);
    }

    /** Of these the ones that have ended here. */
    CompletionStage<List<Place>> ended(Collection<UUID> queryIds, UUID linkId) {
        return store.execute(ENDED_OF, Tuple.of(queryIds.toArray(UUID[]::new), linkId), config.storeTimeout())
                .thenApply(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> place(row, linkId, null, null))
                        .toList());
    }

    /** Ends registrations whose practice, or whose site's authority, does not allow them any more. */
    Future<List<Place>> end(SqlConnection connection, Collection<UUID> queryIds, QueryFailure why) {
        boolean removeResults = removesResults(why);
        UUID[] ids = queryIds.toArray(UUID[]::new);
        return connection
                .preparedQuery(END)
                .execute(Tuple.of(ids, why.type().wire(), why.code(), why.message(), removeResults))
                .compose(rows -> {
                    List<Place> places = StreamSupport.stream(rows.spliterator(), false)
                            .map(row -> place(row, row.getUUID("link_id"), null, null))
                            .toList();
                    return removeResults
                            ? connection
                                    .preparedQuery(REMOVE_RESULTS)
                                    .execute(Tuple.of((Object) ids))
                                    .map(places)
                            : Future.succeededFuture(places);
                });
    }

    /** Ends those that have run their duration, and those of which no Link has taken notice in that time. */
    Future<Integer> complete(SqlConnection connection) {
        QueryFailure never =
                LinkErrorCode.INTERNAL.failure("The site did not take the registration before its duration was over.");
        return connection
                .preparedQuery(COMPLETE)
                .execute(Tuple.of(
                        (double) config.endGrace().toMillis(), never.type().wire(), never.code(), never.message()))
                .map(RowSet::rowCount);
    }

    /** Forgets those that ended long ago, with their results. */
    Future<Integer> forget(SqlConnection connection) {
        return connection
                .preparedQuery(FORGET)
                .execute(Tuple.of((double) config.retention().toMillis()))
                .map(RowSet::rowCount);
    }

    /** The enabled ones behind this id, in its order. */
    Future<List<Place>> enabled(SqlConnection connection, UUID after, int max) {
        return connection
                .preparedQuery(ENABLED)
                .execute(Tuple.of(after, (long) max))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> place(
                                row,
                                row.getUUID("link_id"),
                                row.getUUID("confirmed_session"),
                                row.getOffsetDateTime("enabled_since").toInstant()))
                        .toList());
    }

    /** Whose results of ended registrations are still here. */
    Future<List<Left>> left(SqlConnection connection) {
        return connection.preparedQuery(LEFT).execute().map(rows -> StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Left(
                        row.getUUID(0), row.getUUID(1), row.getOffsetDateTime(2).toInstant()))
                .toList());
    }

    /** @param before only of what was registered under an enabling before this one; null: of all */
    Future<Void> removeLeft(SqlConnection connection, Left of, Instant before) {
        return connection
                .preparedQuery(REMOVE_LEFT)
                .execute(Tuple.of(of.integratorId(), of.siteId(), before == null ? null : utc(before)))
                .mapEmpty();
    }

    private static Place place(Row row, UUID linkId, UUID confirmedSession, Instant enabledSince) {
        return new Place(
                row.getUUID("query_id"),
                row.getUUID("site_id"),
                row.getUUID("integrator_id"),
                linkId,
                confirmedSession,
                enabledSince);
    }

    private CompletionStage<Void> changed(String sql, Tuple parameters) {
        return store.execute(sql, parameters, config.storeTimeout()).thenAccept(rows -> {});
    }
}
