package dev.halo.gateway.async;

import dev.halo.gateway.query.QueryIds;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.QueryFailure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The rows of async queries, in the transaction of whoever asks. */
final class AsyncRows {

    /** In the order in which {@link #query} reads them. */
    static final String COLUMNS = """
            q.query_id, q.integrator_id, q.site_id, q.link_id, q.created_at, q.max_queue, q.command_size,
            q.request_size, q.may_write, q.status, q.updated_at, q.session_id, q.sent_at, q.hold_until, q.queued_at,
            q.executing_at, q.uploading_at, q.completed_at, q.sql_millis, q.result_rows, q.result_size,
            q.result_pages, q.affected, q.parameters, q.error_type, q.error_code, q.error_message, q.runs,
            q.cancel_code, q.pages_given, q.pages_removed, coalesce(q.enabled_since, q.created_at)""";

    /** How many columns {@link #COLUMNS} has: where others begin. */
    static final int WIDTH = 32;

    private static final String INSERT = """
            insert into gateway.async_query
              (created_at, query_id, integrator_id, site_id, link_id, max_queue, command_size, request_size, may_write,
               request, traceparent, status, enabled_since, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $1)""";

    private static final String UNFINISHED = """
            select count(*) from (select 1 from gateway.async_query
              where integrator_id = $1 and site_id = $2 and completed_at is null limit $3) found""";

    private static final String FIND =
            "select " + COLUMNS + " from gateway.async_query q where q.created_at = $1 and q.query_id = $2";

    private static final String FIND_ALL = "select " + COLUMNS + "\n" + """
            from gateway.async_query q where (q.created_at, q.query_id) in
              (select * from unnest($1::timestamptz[], $2::uuid[]))""";

    private static final String SAVE = """
            update gateway.async_query set status = $3, updated_at = $4, session_id = $5, sent_at = $6,
              hold_until = $7, queued_at = $8, executing_at = $9, uploading_at = $10, completed_at = $11,
              sql_millis = $12, result_rows = $13, result_size = $14, result_pages = $15, affected = $16,
              parameters = $17, error_type = $18, error_code = $19, error_message = $20, runs = $21,
              cancel_code = $22, pages_given = $23, pages_removed = $24,
              request = case when $11::timestamptz is null then request end
            where created_at = $1 and query_id = $2""";

    private static final String PAGE_GIVEN = """
            update gateway.async_query set pages_given = true
            where created_at = $1 and query_id = $2 and completed_at is null and not pages_given""";

    private AsyncRows() {}

    /** @param request as it will be sent */
    static Future<Void> insert(SqlClient client, AsyncQuery query, byte[] request, String traceparent) {
        Tuple values = Tuple.tuple(new ArrayList<>(Arrays.asList(
                utc(query.createdAt()),
                query.id(),
                query.integratorId(),
                query.siteId(),
                query.linkId(),
                query.maxTimeInQueue(),
                query.commandSize(),
                query.requestSize(),
                query.mayWrite(),
                Buffer.buffer(request),
                traceparent,
                query.status().wire(),
                utc(query.enabledSince()))));
        return client.preparedQuery(INSERT).execute(values).mapEmpty();
    }

    /** Unfinished queries of an integrator at a site, counted up to a bound. */
    static Future<Long> unfinished(SqlClient client, UUID integratorId, UUID siteId, int bound) {
        return client.preparedQuery(UNFINISHED)
                .execute(Tuple.of(integratorId, siteId, (long) bound))
                .map(found -> found.iterator().next().getLong(0));
    }

    static Future<Optional<AsyncQuery>> find(SqlClient client, UUID id) {
        return find(client, id, "");
    }

    /** The row, which nobody else changes until the transaction's end. */
    static Future<Optional<AsyncQuery>> lock(SqlClient client, UUID id) {
        return find(client, id, " for update");
    }

    private static Future<Optional<AsyncQuery>> find(SqlClient client, UUID id, String lock) {
        Optional<Instant> createdAt = QueryIds.createdAt(id);
        if (createdAt.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return client.preparedQuery(FIND + lock)
                .execute(Tuple.of(utc(createdAt.get()), id))
                .map(found -> {
                    RowIterator<Row> rows = found.iterator();
                    return rows.hasNext() ? Optional.of(query(rows.next())) : Optional.empty();
                });
    }

    /** Those that exist, in no order. */
    static Future<List<AsyncQuery>> findAll(SqlClient client, Collection<UUID> ids) {
        List<UUID> known =
                ids.stream().filter(id -> QueryIds.createdAt(id).isPresent()).toList();
        if (known.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        OffsetDateTime[] times = known.stream()
                .map(id -> utc(QueryIds.createdAt(id).orElseThrow()))
                .toArray(OffsetDateTime[]::new);
        return client.preparedQuery(FIND_ALL)
                .execute(Tuple.of(times, (Object) known.toArray(UUID[]::new)))
                .map(AsyncRows::queries);
    }

    /** Writes a query's progress; the command goes when it has ended. */
    static Future<Void> save(SqlClient client, AsyncQuery query) {
        Progress now = query.progress();
        AsyncResult result = now.result();
        QueryFailure failure = now.failure();
        Tuple values = Tuple.tuple(new ArrayList<>(Arrays.asList(
                utc(query.createdAt()),
                query.id(),
                now.status().wire(),
                utc(now.updatedAt()),
                now.sessionId(),
                utc(now.sentAt()),
                utc(now.holdUntil()),
                utc(now.queuedAt()),
                utc(now.executingAt()),
                utc(now.uploadingAt()),
                utc(now.completedAt()),
                now.sqlMillis(),
                result == null ? null : result.rows(),
                result == null ? null : result.size(),
                result == null ? null : result.pages(),
                result == null ? null : result.affected(),
                result == null ? null : json(result.parameters()),
                failure == null ? null : failure.type().wire(),
                failure == null ? null : failure.code(),
                failure == null ? null : storable(failure.message()),
                now.runs(),
                now.cancel() == null ? null : now.cancel().code(),
                now.pagesGiven(),
                now.pagesRemoved())));
        return client.preparedQuery(SAVE).execute(values).mapEmpty();
    }

    /** Remembers that a page was read of a query that has not ended. */
    static Future<Void> pageGiven(SqlClient client, AsyncQuery query) {
        return client.preparedQuery(PAGE_GIVEN)
                .execute(Tuple.of(utc(query.createdAt()), query.id()))
                .mapEmpty();
    }

    static List<AsyncQuery> queries(RowSet<Row> found) {
        List<AsyncQuery> queries = new ArrayList<>(found.size());
        found.forEach(row -> queries.add(query(row)));
        return queries;
    }

    static AsyncQuery query(Row row) {
        return new AsyncQuery(
                row.getUUID(0),
                row.getUUID(1),
                row.getUUID(2),
                row.getUUID(3),
                instant(row, 4),
                row.getInteger(5),
                row.getInteger(6),
                row.getInteger(7),
                row.getBoolean(8),
                instant(row, 31),
                progress(row));
    }

    private static Progress progress(Row row) {
        String type = row.getString(24);
        return new Progress(
                AsyncStatus.ofWire(row.getString(9)),
                instant(row, 10),
                row.getUUID(11),
                instant(row, 12),
                instant(row, 13),
                instant(row, 14),
                instant(row, 15),
                instant(row, 16),
                instant(row, 17),
                row.getLong(18),
                result(row),
                type == null ? null : new QueryFailure(ErrorType.fromWire(type), row.getInteger(25), row.getString(26)),
                row.getInteger(27),
                cause(row.getInteger(28)),
                row.getBoolean(29),
                row.getBoolean(30));
    }

    private static AsyncResult result(Row row) {
        Long rows = row.getLong(19);
        return rows == null
                ? null
                : new AsyncResult(
                        rows, row.getLong(20), row.getInteger(21), row.getLong(22), parameters(row.getString(23)));
    }

    private static LinkErrorCode cause(Integer code) {
        return Arrays.stream(LinkErrorCode.values())
                .filter(one -> code != null && one.code() == code)
                .findFirst()
                .orElse(null);
    }

    private static String json(List<Parameter> parameters) {
        return parameters.isEmpty() ? null : new String(Json.bytes(parameters), StandardCharsets.UTF_8);
    }

    private static List<Parameter> parameters(String json) {
        return json == null ? List.of() : List.of(Json.read(json.getBytes(StandardCharsets.UTF_8), Parameter[].class));
    }

    /** PostgreSQL's text has no NUL, but a database's message may. */
    private static String storable(String text) {
        return text.replace('\0', ' ');
    }

    static Instant instant(Row row, int column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    static OffsetDateTime utc(Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }
}
