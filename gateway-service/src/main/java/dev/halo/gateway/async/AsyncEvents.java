package dev.halo.gateway.async;

import dev.halo.gateway.async.AsyncChanges.Changed;
import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.lifecycle.ResultHandler;
import dev.halo.gateway.lifecycle.ResultRecord;
import dev.halo.gateway.page.PageSets;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.session.SessionOpened;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** Applies to async queries what their Links report. */
@ApplicationScoped
class AsyncEvents implements ResultHandler {

    private static final Logger LOG = Logger.getLogger(AsyncEvents.class);

    private static final Set<MessageType> TYPES = EnumSet.of(
            MessageType.QUEUED,
            MessageType.EXECUTING,
            MessageType.UPLOADING,
            MessageType.OUTCOME,
            MessageType.SESSION_OPENED);

    private final AsyncChanges changes;
    private final SessionReconciler reconciler;
    private final AsyncConfig config;
    private final AsyncMetrics metrics;

    AsyncEvents(AsyncChanges changes, SessionReconciler reconciler, AsyncConfig config, AsyncMetrics metrics) {
        this.changes = changes;
        this.reconciler = reconciler;
        this.config = config;
        this.metrics = metrics;
    }

    @Override
    public Set<MessageType> types() {
        return TYPES;
    }

    @Override
    public CompletionStage<Void> handle(ResultRecord record) {
        MessageHeaders headers = record.headers();
        return switch (headers.type()) {
            case SESSION_OPENED -> sessionOpened(record);
            case QUEUED ->
                apply(
                        headers,
                        (connection, query, now) ->
                                Future.succeededFuture(Transitions.queued(query, headers.sessionId(), now)));
            case EXECUTING ->
                apply(
                        headers,
                        (connection, query, now) ->
                                Future.succeededFuture(Transitions.executing(query, headers.sessionId(), now)));
            case UPLOADING -> {
                Produced produced = Json.read(valueOf(record), Produced.class);
                yield apply(
                        headers,
                        (connection, query, now) -> Future.succeededFuture(
                                Transitions.uploading(query, headers.sessionId(), produced, now)));
            }
            default -> {
                Outcome outcome =
                        OutcomeCodec.decode(ByteBuffer.wrap(valueOf(record))).outcome();
                yield apply(headers, (connection, query, now) -> ended(connection, query, headers, outcome, now));
            }
        };
    }

    @FunctionalInterface
    private interface Report {
        Future<Optional<AsyncQuery>> of(SqlConnection connection, AsyncQuery query, Instant now);
    }

    private CompletionStage<Void> apply(MessageHeaders headers, Report report) {
        if (headers.queryId() == null) {
            throw new MalformedMessage("a report without a query id");
        }
        AtomicReference<String> how = new AtomicReference<>("unknown");
        return changes.change(headers.queryId(), (connection, query) -> {
                    if (!query.linkId().equals(headers.linkId())) {
                        how.set("foreign");
                        return Future.succeededFuture(Optional.empty());
                    }
                    how.set("ignored");
                    return report.of(connection, query, changes.now());
                })
                .thenAccept(changed -> counted(headers, changed, how.get()));
    }

    private void counted(MessageHeaders headers, Optional<Changed> changed, String otherwise) {
        String how = changed.isPresent() ? "applied" : otherwise;
        metrics.event(headers.type().wire(), how);
        if (how.equals("foreign")) {
            LOG.errorf(
                    "event=foreignReport alarm=foreignLink queryId=%s linkId=%s type=%s",
                    headers.queryId(), headers.linkId(), headers.type().wire());
        }
    }

    private Future<Optional<AsyncQuery>> ended(
            SqlConnection connection, AsyncQuery query, MessageHeaders headers, Outcome outcome, Instant now) {
        if (query.hasEnded()) {
            return Future.succeededFuture(Optional.empty());
        }
        if (outcome instanceof Outcome.Rows rows) {
            return produced(connection, query, rows, now);
        }
        if (outcome instanceof Outcome.Affected affected) {
            return Future.succeededFuture(Transitions.succeeded(
                    query,
                    AsyncResult.ofAffected(affected.rowsAffected(), affected.parameters()),
                    affected.timing(),
                    now));
        }
        if (outcome instanceof Outcome.Failed failed) {
            return Future.succeededFuture(Transitions.failed(query, failed.failure(), now));
        }
        Instant holdUntil = now.plus(config.sweep().released());
        return Future.succeededFuture(Transitions.released(query, headers.sessionId(), holdUntil, now));
    }

    /** A result counts only if all of its pages are here and amount to what the Link says. */
    private static Future<Optional<AsyncQuery>> produced(
            SqlConnection connection, AsyncQuery query, Outcome.Rows rows, Instant now) {
        AsyncResult result = AsyncResult.ofRows(rows.rows(), rows.size(), rows.pages(), rows.parameters());
        if (query.progress().pagesRemoved()) {
            // Nobody may read it any more; what it wrote is committed, and that is how it ended.
            return Future.succeededFuture(Transitions.succeeded(query, result, rows.timing(), now));
        }
        if (rows.storage() != Outcome.Storage.STORED || rows.pages() < 1) {
            return Future.succeededFuture(
                    Transitions.ended(query, AsyncStatus.UPLOAD_FAILED, Failures.notInPages(), now));
        }
        return PageSets.sums(connection, AsyncChanges.owner(query), rows.pages())
                .map(sums -> {
                    boolean whole = sums.pages() == rows.pages()
                            && sums.rows() == rows.rows()
                            && sums.size() == rows.size()
                            && sums.gapless();
                    if (!whole) {
                        LOG.errorf(
                                "event=pagesIncomplete alarm=pagesIncomplete queryId=%s pages=%d/%d rows=%d/%d bytes=%d/%d",
                                query.id(),
                                sums.pages(),
                                rows.pages(),
                                sums.rows(),
                                rows.rows(),
                                sums.size(),
                                rows.size());
                    }
                    return whole
                            ? Transitions.succeeded(query, result, rows.timing(), now)
                            : Transitions.ended(query, AsyncStatus.UPLOAD_FAILED, Failures.pagesIncomplete(), now);
                });
    }

    private CompletionStage<Void> sessionOpened(ResultRecord record) {
        SessionOpened opened = Json.read(valueOf(record), SessionOpened.class);
        if (!opened.linkId().equals(record.headers().linkId()) || opened.journalId() == null) {
            throw new MalformedMessage("a session without its Link or its journal");
        }
        return reconciler.opened(opened);
    }

    private static byte[] valueOf(ResultRecord record) {
        if (record.value() == null) {
            throw new MalformedMessage("a report without its value");
        }
        return record.value();
    }
}
