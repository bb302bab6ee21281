package dev.halo.link.execution;

import dev.halo.link.execution.ExecutionResult.Failed;
import dev.halo.link.firebird.AccessRefused;
import dev.halo.link.firebird.ConnectionCache;
import dev.halo.link.firebird.Connector;
import dev.halo.link.firebird.FirebirdConfig;
import dev.halo.link.firebird.FirebirdErrors;
import dev.halo.link.firebird.Lease;
import dev.halo.link.firebird.SiteGuard;
import dev.halo.link.sql.ParameterValues;
import dev.halo.link.sql.StatementRefused;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Runs integrators' commands on Firebird, each on a connection of its own integrator and in a transaction of its own, with
 * the time limits kept by the Link itself: the server has none.
 */
public final class QueryEngine implements StatementRunner {

    private static final Logger LOG = Logger.getLogger(QueryEngine.class);
    private static final Duration HOUSEKEEPING = Duration.ofSeconds(1);

    private record Running(Execution execution, CancelToken cancel) {}

    private final ConnectionCache connections;
    private final Watchdog watchdog = new Watchdog();
    private final Duration loginCheck;
    private final Attempt.Tools tools;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Set<Running> running = new HashSet<>();
    private boolean closed;

    /** An engine that opens its connections by itself. */
    public QueryEngine(FirebirdConfig firebird, ExecutionConfig config, SiteGuard guard) {
        this.connections = new ConnectionCache(firebird, new Connector(firebird), guard);
        this.loginCheck = firebird.loginCheck();
        ZoneId zone = config.databaseTimeZone().map(ZoneId::of).orElseGet(ZoneId::systemDefault);
        this.tools = new Attempt.Tools(config, watchdog, new ParameterValues(zone));
        watchdog.every(HOUSEKEEPING, connections::closeOld);
    }

    @Override
    public ExecutionResult run(Execution execution, RowSink sink, WriteGate gate, CancelToken cancel) {
        Stopwatch clock = new Stopwatch();
        Plan plan;
        try {
            plan = Plan.of(execution.command());
        } catch (StatementRefused e) {
            return new Failed(e.failure(), clock.elapsed());
        }
        Running entry = new Running(execution, cancel);
        if (!register(entry)) {
            return new Failed(StopCause.SHUTDOWN.failure(), clock.elapsed());
        }
        Interrupter interrupter = new Interrupter(watchdog, tools.config().cancelGrace());
        cancel.onStop(interrupter::interrupt);
        Duration limit =
                plan.readOnly() ? execution.limits().read() : execution.limits().write();
        Future<?> checks = watchdog.every(loginCheck, () -> checkLogin(execution, cancel));
        try (ExecutionDeadline deadline = new ExecutionDeadline(watchdog, limit, sink, cancel)) {
            return attempts(execution, plan, sink, gate, cancel, interrupter, clock);
        } finally {
            checks.cancel(false);
            unregister(entry);
        }
    }

    @Override
    public void revoke(UUID siteId, UUID integratorId) {
        stop(
                running -> running.execution().login().siteId().equals(siteId)
                        && running.execution().login().integratorId().equals(integratorId),
                StopCause.DISABLED);
        connections.evict(siteId, integratorId);
    }

    @Override
    public void revokeSite(UUID siteId, StopCause cause) {
        stop(running -> running.execution().database().siteId().equals(siteId), cause);
        connections.evictSite(siteId);
    }

    /** How many connections are open, for health and tests. */
    public int openConnections() {
        return connections.openConnections();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        stop(any -> true, StopCause.SHUTDOWN);
        awaitEnds();
        connections.close();
        watchdog.close();
    }

    private ExecutionResult attempts(
            Execution execution,
            Plan plan,
            RowSink sink,
            WriteGate gate,
            CancelToken cancel,
            Interrupter interrupter,
            Stopwatch clock) {
        while (true) {
            Attempt attempt = new Attempt(execution, plan, cancel, gate, sink, clock, tools);
            Lease lease = null;
            ExecutionResult result;
            try {
                lease = connections.acquire(execution.database(), execution.login());
                interrupter.begin(lease);
                result = attempt.run(lease);
            } catch (Exception e) {
                rollBack(lease);
                spoilIfStale(lease, e);
                if (isWorthAnother(e, lease, attempt) && !cancel.isStopped()) {
                    continue;
                }
                stopIfRevoked(e, execution, cancel);
                result = new Failed(failure(e, plan, cancel), clock.elapsed());
            } finally {
                interrupter.end();
                if (lease != null) {
                    if (cancel.isStopped()) {
                        lease.spoil();
                    }
                    connections.release(lease);
                }
            }
            if (attempt.began()) {
                tell(gate, result);
            }
            return result;
        }
    }

    /** A connection from the cache may have been refused a right that was granted since, or its server may have gone. */
    private static boolean isWorthAnother(Exception e, Lease lease, Attempt attempt) {
        if (lease == null || lease.isFresh() || !attempt.isRepeatable() || !(e instanceof SQLException sql)) {
            return false;
        }
        return FirebirdErrors.isPermissionDenied(sql) || FirebirdErrors.isConnectionLost(sql);
    }

    private static void spoilIfStale(Lease lease, Exception e) {
        if (lease != null
                && e instanceof SQLException sql
                && (FirebirdErrors.isPermissionDenied(sql) || FirebirdErrors.isConnectionLost(sql))) {
            lease.spoil();
        }
    }

    /** A practice that disables an integrator may end its connections too, which looks like any other loss of them. */
    private void stopIfRevoked(Exception e, Execution execution, CancelToken cancel) {
        if (e instanceof SQLException sql && FirebirdErrors.isConnectionLost(sql) && !cancel.isStopped()) {
            checkLogin(execution, cancel);
        }
    }

    private static void rollBack(Lease lease) {
        if (lease == null) {
            return;
        }
        try {
            lease.session().connection().rollback();
        } catch (SQLException | RuntimeException e) {
            lease.spoil();
        }
    }

    private static QueryFailure failure(Exception e, Plan plan, CancelToken cancel) {
        if (e instanceof Attempt.OutcomeUnknown) {
            return LinkErrorCode.OUTCOME_UNKNOWN.failure(
                    "The connection to the database was lost while the statement was"
                            + " being committed: it may have been committed. Look before you repeat it.");
        }
        if (cancel.stopped().isPresent()) {
            return cancel.stopped().get().failure();
        }
        if (e instanceof StatementRefused refused) {
            return refused.failure();
        }
        if (e instanceof AccessRefused refused) {
            return refused.failure();
        }
        if (e instanceof SQLException sql) {
            return FirebirdErrors.isTransliteration(sql) && plan.hasSpecialText()
                    ? LinkErrorCode.PARAMETER_NOT_CONVERTIBLE.failure(
                            "A parameter holds a character that the column's character set cannot hold.")
                    : FirebirdErrors.failure(sql);
        }
        if (e instanceof ResultOverflow overflow) {
            return overflow.failure(false);
        }
        if (e instanceof Attempt.JournalClosed) {
            return LinkErrorCode.INTERNAL.failure(
                    "The Link cannot record the write in its journal, so the statement was not run.");
        }
        if (e instanceof SinkFailed && e.getCause() instanceof RowsNotKept refused) {
            return refused.failure();
        }
        if (e instanceof SinkFailed) {
            return LinkErrorCode.INTERNAL.failure("The Link could not keep the result.");
        }
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return StopCause.SHUTDOWN.failure();
        }
        // The exception's text may hold data, so only its kind and place are logged.
        StackTraceElement[] trace = e.getStackTrace();
        LOG.errorf("event=execution-broke cause=%s at=%s", e.getClass().getName(), trace.length == 0 ? "-" : trace[0]);
        return LinkErrorCode.INTERNAL.failure("The Link could not run the statement.");
    }

    private static void tell(WriteGate gate, ExecutionResult result) {
        try {
            gate.ended(result);
        } catch (RuntimeException e) {
            LOG.errorf("event=gate-failed cause=%s", e.getClass().getName());
        }
    }

    private void checkLogin(Execution execution, CancelToken cancel) {
        connections.mayEnter(execution.database(), execution.login()).ifPresent(may -> {
            if (!may && cancel.stop(StopCause.DISABLED)) {
                LOG.infof("event=login-revoked site=%s", execution.database().siteId());
                connections.evict(execution.login().siteId(), execution.login().integratorId());
            }
        });
    }

    private boolean register(Running entry) {
        lock.lock();
        try {
            return !closed && running.add(entry);
        } finally {
            lock.unlock();
        }
    }

    private void unregister(Running entry) {
        lock.lock();
        try {
            running.remove(entry);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void stop(Predicate<Running> which, StopCause cause) {
        lock.lock();
        try {
            running.stream().filter(which).forEach(entry -> entry.cancel().stop(cause));
        } finally {
            lock.unlock();
        }
    }

    /** As long as a cancelled statement may take until its connection is dropped, and a moment more. */
    private void awaitEnds() {
        long left = tools.config().cancelGrace().toNanos() + TimeUnit.SECONDS.toNanos(1);
        lock.lock();
        try {
            while (!running.isEmpty() && left > 0) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
