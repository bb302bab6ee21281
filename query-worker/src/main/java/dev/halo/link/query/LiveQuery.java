package dev.halo.link.query;

import dev.halo.link.execution.CancelToken;
import dev.halo.link.execution.StopCause;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.queue.QueueKey;
import dev.halo.link.queue.QueuedTask;
import dev.halo.link.upload.PagedUpload;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryRequest;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A query from its arrival to its end.
 *
 * <pre>
 *   waiting ──slots──► running ──► uploading ──► ended
 *      └──expired, cancelled──────────────────────►┘
 * </pre>
 */
final class LiveQuery implements QueuedTask {

    private final QueryRequest request;
    private final SiteDatabase database;
    private final QueueKey key;
    private final Map<String, String> trace;
    private final QueryService service;
    private final CancelToken cancel = new CancelToken();
    private final AtomicReference<QueryFailure> removedFor = new AtomicReference<>();
    private final long receivedNanos;
    private volatile long queuedMillis;
    private volatile PagedUpload upload;
    private volatile Frame stage;

    LiveQuery(
            QueryRequest request,
            SiteDatabase database,
            QueueKey key,
            Map<String, String> trace,
            QueryService service,
            long receivedNanos) {
        this.request = request;
        this.database = database;
        this.key = key;
        this.trace = trace;
        this.service = service;
        this.receivedNanos = receivedNanos;
    }

    QueryRequest request() {
        return request;
    }

    SiteDatabase database() {
        return database;
    }

    /** W3C trace context of the HTTP call that it came from. */
    Map<String, String> trace() {
        return trace;
    }

    CancelToken cancel() {
        return cancel;
    }

    /** Where the pages of its result go from now on. */
    void uploadsTo(PagedUpload pages) {
        upload = pages;
    }

    /** Ends it while it runs or uploads; a COMMIT that has begun is not stopped. */
    void stop(StopCause cause) {
        cancel.stop(cause);
        PagedUpload pages = upload;
        if (pages != null) {
            pages.abort(cause.failure());
        }
    }

    /** How far it is, to be told again to the next session. */
    void reached(Frame now) {
        stage = now;
    }

    Optional<Frame> stage() {
        return Optional.ofNullable(stage);
    }

    /** Says why it is about to be taken out of the queue; the first reason counts. */
    void removeFor(QueryFailure failure) {
        removedFor.compareAndSet(null, failure);
    }

    Optional<QueryFailure> removedFor() {
        return Optional.ofNullable(removedFor.get());
    }

    long receivedNanos() {
        return receivedNanos;
    }

    long queuedMillis() {
        return queuedMillis;
    }

    @Override
    public UUID id() {
        return request.queryId();
    }

    @Override
    public QueueKey key() {
        return key;
    }

    @Override
    public void start(long waitedMillis) {
        queuedMillis = waitedMillis;
        service.started(this);
    }

    @Override
    public void end(EndCause cause, long waitedMillis) {
        queuedMillis = waitedMillis;
        service.neverStarted(this, cause);
    }

    /** Never the statement. */
    @Override
    public String toString() {
        return "LiveQuery[" + request.queryId() + "]";
    }
}
