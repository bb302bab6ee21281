package dev.halo.gateway.registered;

import dev.halo.gateway.audit.AuditEntry;
import dev.halo.gateway.audit.QueryAudit;
import dev.halo.gateway.body.ZstdRows;
import dev.halo.gateway.config.RegisteredConfig;
import dev.halo.gateway.page.ByteBudget;
import dev.halo.gateway.page.UploadedPage;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.webhook.WebhookQueue;
import dev.halo.gateway.webhook.WebhookSource;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.query.Timing;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;

/** The runs of registered queries and their results, in PostgreSQL. */
@ApplicationScoped
class RunStore {

    /** Results of so many runs wait to be reported; older ones will not be. */
    private static final int UNREPORTED = 4;

    private static final int NOT_STORED = 500;

    private static final String PUT = """
            insert into gateway.registered_result as present
              (query_id, number, row_count, json_size, sha256, body)
            select query_id, $3::bigint, $4::bigint, $5::bigint, $6::text, $7::bytea from gateway.registered_query
            where query_id = $1 and link_id = $2 and status = 'enabled' and sent_session is not null
                and last_number < $3
            on conflict (query_id, number) do update
            set row_count = excluded.row_count, json_size = excluded.json_size, sha256 = excluded.sha256,
                body = excluded.body, stored_at = now()""";

    private static final String DROP_UNREPORTED = """
            delete from gateway.registered_result as one using gateway.registered_query as of
            where one.query_id = $1 and of.query_id = $1 and one.number <= $2
                and one.number is distinct from of.result_number""";

    private static final String WHY_NOT = """
            select link_id = $2 and sent_session is not null as is_the_links, status = 'enabled' as is_enabled
            from gateway.registered_query where query_id = $1""";

    private static final String LOCK = """
            select integrator_id, site_id, link_id, status, last_number, last_hash, result_number
            from gateway.registered_query where query_id = $1 for update""";

    private static final String SHOW = """
            update gateway.registered_result set parameters = $3
            where query_id = $1 and number = $2 and row_count = $4 and json_size = $5""";

    private static final String DROP_OLDER =
            "delete from gateway.registered_result where query_id = $1 and number < $2";

    private static final String SUCCEEDED = """
            update gateway.registered_query
            set last_number = $2, last_hash = $3, result_number = $4, last_succeeded_at = now(),
                last_execution_millis = $5, succeeded = succeeded + 1, result_size_sum = result_size_sum + $6
            where query_id = $1""";

    private static final String FAILED = """
            update gateway.registered_query
            set last_number = $2, last_failed_at = now(), last_execution_millis = $3, failed = failed + 1,
                error_type = $4, error_code = $5, error_message = $6
            where query_id = $1""";

    private static final String SIZE = """
            select one.json_size from gateway.registered_result as one
            join gateway.registered_query as of on of.query_id = one.query_id and of.result_number = one.number
            where of.query_id = $1""";

    private static final String GET = """
            select one.row_count, one.json_size, one.parameters, one.body from gateway.registered_result as one
            join gateway.registered_query as of on of.query_id = one.query_id and of.result_number = one.number
            where of.query_id = $1 and one.json_size <= $2""";

    /** What became of an upload. */
    enum Stored {
        STORED,
        /** There is no such registration of this Link. */
        UNKNOWN,
        /** The registration has ended. */
        ENDED,
        /** A later run, or this one, has been reported already. */
        OLD
    }

    /** What became of a report. */
    enum Applied {
        APPLIED,
        /** Not a registered query, or not any more. */
        UNKNOWN,
        /** Of a Link that it was not sent to. */
        FOREIGN,
        /** Known already. */
        OLD,
        /** The registration has ended: the Link should know. */
        ENDED
    }

    /**
     * The latest result.
     *
     * @param parameters output values; empty where there are none
     * @param rows hold memory until they are closed
     */
    record Result(long count, List<Parameter> parameters, ZstdRows rows) {}

    private final Store store;
    private final WebhookQueue webhooks;
    private final QueryAudit audit;
    private final RegisteredConfig config;
    private final ByteBudget downloads;

    RunStore(Store store, WebhookQueue webhooks, QueryAudit audit, RegisteredConfig config) {
        this.store = store;
        this.webhooks = webhooks;
        this.audit = audit;
        this.config = config;
        this.downloads = new ByteBudget(config.maxDownloadMemory().asLongValue());
    }

    /** Stores a result that was verified. It is not shown before its run is reported. */
    CompletionStage<Stored> put(UUID queryId, UUID linkId, long number, UploadedPage result) {
        Tuple upload = Tuple.from(Arrays.asList(
                queryId, linkId, number, result.rows(), result.size(), result.sha256(), Buffer.buffer(result.body())));
        return store.inTransaction(config.resultTimeout(), connection -> connection
                .preparedQuery(PUT)
                .execute(upload)
                .compose(put -> put.rowCount() > 0
                        ? connection
                                .preparedQuery(DROP_UNREPORTED)
                                .execute(Tuple.of(queryId, number - UNREPORTED))
                                .map(Stored.STORED)
                        : connection
                                .preparedQuery(WHY_NOT)
                                .execute(Tuple.of(queryId, linkId))
                                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                                        .findFirst()
                                        .map(RunStore::whyNot)
                                        .orElse(Stored.UNKNOWN))));
    }

    private static Stored whyNot(Row row) {
        if (!row.getBoolean("is_the_links")) {
            return Stored.UNKNOWN;
        }
        return row.getBoolean("is_enabled") ? Stored.OLD : Stored.ENDED;
    }

    /** Takes over a run, once: the same run again changes nothing. */
    CompletionStage<Applied> apply(RegisteredRun run, UUID linkId) {
        AtomicReference<Row> registration = new AtomicReference<>();
        return store.inTransaction(config.storeTimeout(), connection -> connection
                        .preparedQuery(LOCK)
                        .execute(Tuple.of(run.registeredId()))
                        .compose(rows -> StreamSupport.stream(rows.spliterator(), false)
                                .findFirst()
                                .map(row -> {
                                    registration.set(row);
                                    return apply(connection, row, run, linkId);
                                })
                                .orElseGet(() -> Future.succeededFuture(Applied.UNKNOWN))))
                .thenApply(applied -> {
                    if (applied == Applied.APPLIED) {
                        noted(registration.get(), run);
                    }
                    return applied;
                });
    }

    private void noted(Row registration, RegisteredRun run) {
        Outcome.Rows rows = run.outcome() instanceof Outcome.Rows some ? some : null;
        audit.ended(
                AuditEntry.Event.REGISTERED_RUN,
                registration.getUUID("integrator_id"),
                registration.getUUID("site_id"),
                run.registeredId(),
                AuditEntry.outcomeOf(run.outcome()),
                rows == null ? null : (Long) rows.rows(),
                rows == null ? null : (Long) rows.size(),
                executing(run.outcome()));
    }

    private static long executing(Outcome end) {
        Timing timing = null;
        if (end instanceof Outcome.Rows rows) {
            timing = rows.timing();
        } else if (end instanceof Outcome.Affected affected) {
            timing = affected.timing();
        } else if (end instanceof Outcome.Failed failed) {
            timing = failed.timing();
        }
        return timing == null ? 0 : timing.executing();
    }

    private Future<Applied> apply(SqlConnection connection, Row row, RegisteredRun run, UUID linkId) {
        if (run.outcome() instanceof Outcome.Rows && run.hash() == null) {
            throw new MalformedMessage("a run with rows and without their hash");
        }
        if (!row.getUUID("link_id").equals(linkId)) {
            return Future.succeededFuture(Applied.FOREIGN);
        }
        if (!row.getString("status").equals(Registration.Status.ENABLED.wire())) {
            return Future.succeededFuture(Applied.ENDED);
        }
        if (run.number() <= row.getLong("last_number")) {
            return Future.succeededFuture(Applied.OLD);
        }
        Outcome outcome = run.outcome();
        Future<Void> applied;
        if (outcome instanceof Outcome.Rows rows) {
            // A Link that was sent an older hash than is shown says of the same result that it has changed.
            boolean isNew = run.changed() && !run.hash().equals(row.getString("last_hash"));
            applied = isNew
                    ? changed(connection, row, run, rows)
                    : unchanged(connection, row, run, rows.timing(), linkId);
        } else if (outcome instanceof Outcome.Affected affected) {
            applied = succeeded(connection, row, run, affected.timing(), row.getLong("result_number"), 0);
        } else if (outcome instanceof Outcome.Failed failed) {
            applied = failed(connection, run, failed.failure(), failed.timing());
        } else {
            // Nobody attempted it, so there was no run.
            return Future.succeededFuture(Applied.OLD);
        }
        return applied.map(Applied.APPLIED);
    }

    private Future<Void> changed(SqlConnection connection, Row row, RegisteredRun run, Outcome.Rows rows) {
        Tuple shown = Tuple.from(
                Arrays.asList(run.registeredId(), run.number(), json(rows.parameters()), rows.rows(), rows.size()));
        return connection.preparedQuery(SHOW).execute(shown).compose(found -> {
            if (found.rowCount() == 0) {
                return notStored(connection, row, run, rows.timing());
            }
            return connection
                    .preparedQuery(DROP_OLDER)
                    .execute(Tuple.of(run.registeredId(), run.number()))
                    .compose(done -> succeeded(connection, row, run, rows.timing(), run.number(), rows.size()))
                    .compose(done -> webhooks.enqueue(
                            connection,
                            row.getUUID("integrator_id"),
                            row.getUUID("site_id"),
                            run.registeredId(),
                            WebhookSource.REGISTERED));
        });
    }

    /** The Link believes that its result is here. It is told what is here, so that its next run sends it. */
    private Future<Void> notStored(SqlConnection connection, Row row, RegisteredRun run, Timing timing) {
        QueryFailure failure = new QueryFailure(
                ErrorType.HTTP, NOT_STORED, "The run's result could not be stored; the next run sends it again.");
        return failed(connection, run, failure, timing)
                .compose(done -> LinkSide.sendAgain(connection, run.registeredId(), row.getUUID("link_id")));
    }

    private Future<Void> unchanged(SqlConnection connection, Row row, RegisteredRun run, Timing timing, UUID linkId) {
        if (run.hash().equals(row.getString("last_hash"))) {
            return succeeded(connection, row, run, timing, row.getLong("result_number"), 0);
        }
        return notStored(connection, row, run, timing);
    }

    private static Future<Void> succeeded(
            SqlConnection connection, Row row, RegisteredRun run, Timing timing, Long resultNumber, long size) {
        String hash = run.outcome() instanceof Outcome.Rows ? run.hash() : row.getString("last_hash");
        return connection
                .preparedQuery(SUCCEEDED)
                .execute(Tuple.from(
                        Arrays.asList(run.registeredId(), run.number(), hash, resultNumber, timing.executing(), size)))
                .mapEmpty();
    }

    private static Future<Void> failed(
            SqlConnection connection, RegisteredRun run, QueryFailure failure, Timing timing) {
        return connection
                .preparedQuery(FAILED)
                .execute(Tuple.from(Arrays.asList(
                        run.registeredId(),
                        run.number(),
                        timing.executing(),
                        failure.type().wire(),
                        failure.code(),
                        LinkSide.storable(failure.message()))))
                .mapEmpty();
    }

    /**
     * The latest result.
     *
     * @return empty if there is none; fails with {@link java.util.concurrent.TimeoutException} if there is no memory
     */
    CompletionStage<Optional<Result>> latest(UUID queryId) {
        // A larger result may take the place of the one whose size was asked for.
        return latestOnce(queryId)
                .thenCompose(
                        result -> result.isPresent() ? CompletableFuture.completedFuture(result) : latestOnce(queryId));
    }

    private CompletionStage<Optional<Result>> latestOnce(UUID queryId) {
        return store.execute(SIZE, Tuple.of(queryId), config.storeTimeout()).thenCompose(sizes -> {
            if (sizes.rowCount() == 0) {
                return CompletableFuture.completedFuture(Optional.<Result>empty());
            }
            long size = sizes.iterator().next().getLong(0);
            return downloads.acquire(size, config.downloadWait()).thenCompose(lease -> fetch(queryId, size, lease));
        });
    }

    private CompletionStage<Optional<Result>> fetch(UUID queryId, long size, ByteBudget.Lease lease) {
        return store.execute(GET, Tuple.of(queryId, size), config.resultTimeout())
                .thenApply(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .findFirst()
                        .map(row -> new Result(
                                row.getLong("row_count"),
                                parameters(row.getString("parameters")),
                                new ZstdRows(
                                        row.getBuffer("body").getBytes(), row.getLong("json_size"), lease::close))))
                .whenComplete((result, failure) -> {
                    if (failure != null || result.isEmpty()) {
                        lease.close();
                    }
                });
    }

    private static String json(List<Parameter> parameters) {
        return parameters.isEmpty() ? null : new String(Json.bytes(parameters), StandardCharsets.UTF_8);
    }

    private static List<Parameter> parameters(String json) {
        return json == null ? List.of() : List.of(Json.read(json.getBytes(StandardCharsets.UTF_8), Parameter[].class));
    }
}
