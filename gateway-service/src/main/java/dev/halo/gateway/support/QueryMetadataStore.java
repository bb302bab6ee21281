package dev.halo.gateway.support;

import dev.halo.gateway.access.PageRequest;
import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.store.Store;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

/** Finds queries of all kinds for support. It reads no command, no result and no error message. */
@ApplicationScoped
class QueryMetadataStore {

    private static final String IMMEDIATE = """
            select query_id as id, 'immediate' as mode, integrator_id, site_id, null::uuid as link_id,
              document::jsonb ->> 'status' as status, created_at, completed_at as updated_at, completed_at,
              http_status::integer as http_status, (document::jsonb ->> 'maxTimeInQueue')::integer as max_queue,
              null::boolean as may_write, null::boolean as at_link, null::timestamptz as sent_at,
              null::timestamptz as queued_at, null::timestamptz as executing_at, null::timestamptz as uploading_at,
              (document::jsonb -> 'result' ->> 'rows')::bigint as result_rows,
              (document::jsonb -> 'result' ->> 'size')::bigint as result_size, null::integer as result_pages,
              null::boolean as pages_removed, document::jsonb -> 'errorDetails' ->> 'errorType' as error_type,
              (document::jsonb -> 'errorDetails' ->> 'errorCode')::integer as error_code,
              null::integer as cancel_code, null::bigint as runs, null::integer as frequency_seconds,
              null::integer as duration_seconds
            from gateway.immediate_query""";

    private static final String ASYNC = """
            select query_id as id, 'async' as mode, integrator_id, site_id, link_id, status, created_at, updated_at,
              completed_at, null::integer as http_status, max_queue, may_write, session_id is not null as at_link,
              sent_at, queued_at, executing_at, uploading_at, result_rows, result_size, result_pages, pages_removed,
              error_type, error_code, cancel_code, runs::bigint as runs, null::integer as frequency_seconds,
              null::integer as duration_seconds
            from gateway.async_query""";

    private static final String REGISTERED = """
            select query_id as id, 'registered' as mode, integrator_id, site_id, link_id, status, created_at,
              greatest(created_at, last_succeeded_at, last_failed_at, ended_at) as updated_at, ended_at as completed_at,
              null::integer as http_status, null::integer as max_queue, null::boolean as may_write,
              confirmed_session is not null as at_link, sent_at, null::timestamptz as queued_at,
              null::timestamptz as executing_at, null::timestamptz as uploading_at, null::bigint as result_rows,
              null::bigint as result_size, null::integer as result_pages, null::boolean as pages_removed, error_type,
              error_code, null::integer as cancel_code, succeeded + failed as runs, frequency_seconds, duration_seconds
            from gateway.registered_query""";

    /** Within each kind the bound holds already, so that no more is read than is answered. */
    private static final String MATCHING = "\n" + """
            where created_at >= $1 and created_at < $2 and (created_at, query_id) < ($3, $4)
              and ($5::uuid is null or integrator_id = $5) and ($6::uuid is null or site_id = $6)""";

    private static final String ORDER = " order by created_at desc, query_id desc limit $9";

    private static final String FIND = "select * from (("
            + ASYNC + MATCHING + " and ($7::text is null or status = $7) and ($8::text is null or $8 = 'async')" + ORDER
            + ") union all ("
            + IMMEDIATE + MATCHING
            + " and ($7::text is null or document::jsonb ->> 'status' = $7) and ($8::text is null or $8 = 'immediate')"
            + ORDER + ") union all ("
            + REGISTERED + MATCHING
            + " and ($7::text is null or status = $7) and ($8::text is null or $8 = 'registered')"
            + ORDER + ")) found order by created_at desc, id desc limit $9";

    private static final String ONE = "select * from (("
            + ASYNC + " where created_at = $1 and query_id = $2) union all ("
            + IMMEDIATE + " where created_at = $1 and query_id = $2) union all ("
            + REGISTERED + " where query_id = $2)) found limit 1";

    /** What is looked for; null: whatever it is. */
    record Search(UUID integratorId, UUID siteId, String status, String mode, PageRequest page) {}

    private final Store store;
    private final AsyncConfig config;

    QueryMetadataStore(Store store, AsyncConfig config) {
        this.store = store;
        this.config = config;
    }

    /** Queries that fit, the latest first, and one more than asked for if there is. */
    CompletionStage<List<QueryMetadata>> find(Search search) {
        return store.execute(
                        FIND,
                        Tuple.from(search.page()
                                .parameters(search.integratorId(), search.siteId(), search.status(), search.mode())),
                        config.storeTimeout())
                .thenApply(QueryMetadataStore::queries);
    }

    /** A query of any kind. */
    CompletionStage<Optional<QueryMetadata>> find(UUID id, Instant createdAt) {
        return store.execute(ONE, Tuple.of(utc(createdAt), id), config.storeTimeout())
                .thenApply(rows -> queries(rows).stream().findFirst());
    }

    private static List<QueryMetadata> queries(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(QueryMetadataStore::query)
                .toList();
    }

    private static QueryMetadata query(Row row) {
        return new QueryMetadata(
                row.getUUID("id"),
                row.getString("mode"),
                row.getUUID("integrator_id"),
                row.getUUID("site_id"),
                row.getUUID("link_id"),
                row.getString("status"),
                instant(row, "created_at"),
                instant(row, "updated_at"),
                instant(row, "completed_at"),
                row.getInteger("http_status"),
                row.getInteger("max_queue"),
                row.getBoolean("may_write"),
                row.getBoolean("at_link"),
                instant(row, "sent_at"),
                instant(row, "queued_at"),
                instant(row, "executing_at"),
                instant(row, "uploading_at"),
                row.getLong("result_rows"),
                row.getLong("result_size"),
                row.getInteger("result_pages"),
                row.getBoolean("pages_removed"),
                row.getString("error_type"),
                row.getInteger("error_code"),
                row.getInteger("cancel_code"),
                row.getLong("runs"),
                row.getInteger("frequency_seconds"),
                row.getInteger("duration_seconds"));
    }

    private static Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
