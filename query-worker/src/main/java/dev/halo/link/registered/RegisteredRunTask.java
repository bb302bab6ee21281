package dev.halo.link.registered;

import dev.halo.link.execution.CancelToken;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.queue.QueueKey;
import dev.halo.link.queue.QueuedTask;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import java.util.UUID;

/** One run of a registered query, from the moment it is due. */
final class RegisteredRunTask implements QueuedTask {

    private final RegisteredRequest registered;
    private final QueryRequest request;
    private final SiteDatabase database;
    private final QueueKey key;
    private final long number;
    private final RegisteredQueries service;
    private final CancelToken cancel = new CancelToken();
    private volatile long queuedMillis;

    /** @param host the database server, whose limits it counts for */
    RegisteredRunTask(
            RegisteredRequest registered, SiteDatabase database, String host, long number, RegisteredQueries service) {
        this.registered = registered;
        this.request = new QueryRequest(
                UUID.randomUUID(),
                registered.siteId(),
                registered.integratorId(),
                QueryMode.REGISTERED,
                registered.command(),
                registered.catalogue(),
                0,
                QueryRequest.NO_REPLY_SLOT,
                registered.createdAt());
        this.database = database;
        this.key = new QueueKey(registered.siteId(), host, registered.integratorId(), QueryMode.REGISTERED);
        this.number = number;
        this.service = service;
    }

    RegisteredRequest registered() {
        return registered;
    }

    /** Its statement, by the run's own id. */
    QueryRequest request() {
        return request;
    }

    SiteDatabase database() {
        return database;
    }

    long number() {
        return number;
    }

    CancelToken cancel() {
        return cancel;
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
        service.mayRun(this);
    }

    @Override
    public void end(EndCause cause, long waitedMillis) {
        queuedMillis = waitedMillis;
        service.neverRan(this, cause);
    }

    /** Never the statement. */
    @Override
    public String toString() {
        return "RegisteredRunTask[" + registered.queryId() + " #" + number + "]";
    }
}
