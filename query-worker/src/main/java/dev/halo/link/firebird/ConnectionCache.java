package dev.halo.link.firebird;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The connections of integrators' queries, of all sites together. A connection belongs to one database and one login for
 * its life, and is kept for seconds only: while it is open the server does not notice that a right was revoked, and the
 * practice cannot change what it holds. Safe for use by several threads.
 */
public final class ConnectionCache implements AutoCloseable {

    /** What a connection is for; the login is compared with its secret, so that a rotated one finds no old connection. */
    record Key(SiteDatabase database, IntegratorLogin login) {}

    private record Idle(Session session, long openedNanos) {}

    private final FirebirdConfig config;
    private final Connector connector;
    private final SiteVerification verification;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final Map<Key, Deque<Idle>> idle = new HashMap<>();
    private final Set<Lease> leases = new HashSet<>();
    private int open;
    private boolean closed;

    public ConnectionCache(FirebirdConfig config, Connector connector, SiteGuard guard) {
        this.config = config;
        this.connector = connector;
        this.verification = new SiteVerification(guard, config.siteVerification());
    }

    /**
     * A connection on which the integrator's role is in force.
     *
     * @throws AccessRefused if the practice does not let the integrator in, the site is not what it was announced as, the
     *     database cannot be reached, or too many connections are open
     */
    public Lease acquire(SiteDatabase database, IntegratorLogin login) throws AccessRefused, InterruptedException {
        Key key = new Key(database, login);
        Optional<Lease> cached = reserve(key);
        if (cached.isPresent()) {
            return cached.get();
        }
        Session session = null;
        try {
            verification.verify(database.siteId());
            session = open(database, login);
            return lease(key, session);
        } finally {
            if (session == null) {
                giveUpReservation();
            }
        }
    }

    /** Takes a connection back; it is closed unless a later query may have it. */
    public void release(Lease lease) {
        Idle keep = new Idle(lease.session(), lease.openedNanos());
        lock.lock();
        try {
            leases.remove(lease);
            if (lease.isUsable() && !closed && !isOld(keep)) {
                idle.computeIfAbsent(lease.key(), k -> new ArrayDeque<>()).push(keep);
                freed.signal();
                return;
            }
            open--;
            freed.signal();
        } finally {
            lock.unlock();
        }
        lease.session().close();
    }

    /** Closes the idle connections of an integrator at a site; those in use are closed when they are given back. */
    public void evict(UUID siteId, UUID integratorId) {
        evict(key -> key.login().siteId().equals(siteId)
                && key.login().integratorId().equals(integratorId));
    }

    /** Closes the idle connections to a site; those in use are closed when they are given back. */
    public void evictSite(UUID siteId) {
        verification.forget(siteId);
        evict(key -> key.database().siteId().equals(siteId));
    }

    /** Closes what has been open for too long; to be called about each second. */
    public void closeOld() {
        closeIdle(key -> true, this::isOld);
    }

    /** How many connections are open, for health and tests. */
    public int openConnections() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the idle connections; those in use are closed when they are given back, and no new one is opened. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
        evict(key -> true);
    }

    /** Checks with a fresh login whether the practice still lets the integrator in; empty if that cannot be told now. */
    public Optional<Boolean> mayEnter(SiteDatabase database, IntegratorLogin login) {
        try (Session session = connector.open(database.location(), login.login())) {
            return Optional.of(login.role().equals(session.role()));
        } catch (ConnectFailed e) {
            return e.problem() == ProbeResult.Problem.LOGIN_REFUSED ? Optional.of(false) : Optional.empty();
        }
    }

    private Optional<Lease> reserve(Key key) throws AccessRefused, InterruptedException {
        List<Session> toClose = new ArrayList<>();
        lock.lockInterruptibly();
        try {
            long left = config.acquireTimeout().toNanos();
            while (true) {
                if (closed) {
                    throw new AccessRefused(LinkErrorCode.LINK_SHUTTING_DOWN.failure("The Link is shutting down."));
                }
                Idle cached = takeIdle(key, toClose);
                if (cached != null) {
                    Lease lease = new Lease(key, cached.session(), cached.openedNanos(), false);
                    leases.add(lease);
                    return Optional.of(lease);
                }
                if (open < config.maxConnections() || takeAnyIdle(toClose)) {
                    open++;
                    return Optional.empty();
                }
                if (left <= 0) {
                    throw new AccessRefused(LinkErrorCode.INTERNAL.failure(
                            "The Link has as many database connections open as it may; try again later."));
                }
                left = freed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
            toClose.forEach(Session::close);
        }
    }

    private Idle takeIdle(Key key, List<Session> toClose) {
        Deque<Idle> connections = idle.get(key);
        while (connections != null && !connections.isEmpty()) {
            Idle connection = connections.pop();
            if (!isOld(connection)) {
                return connection;
            }
            open--;
            toClose.add(connection.session());
        }
        idle.remove(key);
        return null;
    }

    /** Makes room by closing a connection that somebody else left. */
    private boolean takeAnyIdle(List<Session> toClose) {
        Iterator<Deque<Idle>> all = idle.values().iterator();
        while (all.hasNext()) {
            Deque<Idle> connections = all.next();
            Idle oldest = connections.pollLast();
            if (connections.isEmpty()) {
                all.remove();
            }
            if (oldest != null) {
                open--;
                toClose.add(oldest.session());
                return true;
            }
        }
        return false;
    }

    private Lease lease(Key key, Session session) {
        Lease lease = new Lease(key, session, System.nanoTime(), true);
        lock.lock();
        try {
            leases.add(lease);
        } finally {
            lock.unlock();
        }
        return lease;
    }

    private void giveUpReservation() {
        lock.lock();
        try {
            open--;
            freed.signal();
        } finally {
            lock.unlock();
        }
    }

    private Session open(SiteDatabase database, IntegratorLogin login) throws AccessRefused {
        Session session;
        try {
            session = connector.open(database.location(), login.login());
        } catch (ConnectFailed e) {
            throw new AccessRefused(
                    switch (e.problem()) {
                        case LOGIN_REFUSED -> disabled();
                        case SERVER_DOWN -> unavailable("The practice's database server cannot be reached.");
                        case DATABASE_MISSING -> unavailable("The practice's database cannot be opened by its server.");
                        case PROBE_FAILED, DATABASE_ERROR ->
                            unavailable("The practice's database server refused the connection.");
                    });
        }
        if (!login.role().equals(session.role())) {
            session.close();
            throw new AccessRefused(disabled());
        }
        return session;
    }

    private static QueryFailure disabled() {
        return LinkErrorCode.INTEGRATOR_DISABLED.failure("The practice has not enabled this integrator.");
    }

    private static QueryFailure unavailable(String message) {
        return LinkErrorCode.INTERNAL.failure(message);
    }

    private void evict(Predicate<Key> which) {
        lock.lock();
        try {
            leases.stream().filter(lease -> which.test(lease.key())).forEach(Lease::spoil);
        } finally {
            lock.unlock();
        }
        closeIdle(which, connection -> true);
    }

    private void closeIdle(Predicate<Key> which, Predicate<Idle> when) {
        List<Session> toClose = new ArrayList<>();
        lock.lock();
        try {
            Iterator<Map.Entry<Key, Deque<Idle>>> all = idle.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Key, Deque<Idle>> entry = all.next();
                if (which.test(entry.getKey())) {
                    entry.getValue().removeIf(connection -> when.test(connection) && toClose.add(connection.session()));
                }
                if (entry.getValue().isEmpty()) {
                    all.remove();
                }
            }
            open -= toClose.size();
            freed.signalAll();
        } finally {
            lock.unlock();
        }
        toClose.forEach(Session::close);
    }

    private boolean isOld(Idle connection) {
        return System.nanoTime() - connection.openedNanos()
                >= TimeUnit.MILLISECONDS.toNanos(config.maxLifetime().toMillis());
    }
}
