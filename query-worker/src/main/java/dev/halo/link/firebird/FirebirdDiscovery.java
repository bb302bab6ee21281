package dev.halo.link.firebird;

import dev.halo.link.firebird.ProbeResult.Failed;
import dev.halo.link.firebird.ProbeResult.Found;
import dev.halo.link.firebird.ProbeResult.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Discovery on the practice's own Firebird. */
public final class FirebirdDiscovery implements Discovery {

    /** The connection that is kept to one database; its lock is held while it is used. */
    private static final class Keeper {
        private Session session;
        private boolean forgotten;
    }

    private record Probe(String what, String sql) {}

    private static final class ProbeFailed extends Exception {

        private static final long serialVersionUID = 1L;

        ProbeFailed(String message, SQLException cause) {
            super(message, cause);
        }
    }

    /** Looks at a database through an open connection. */
    private interface Look {
        DatabaseFacts at(Session session) throws SQLException, ProbeFailed;
    }

    private final Connector connector;
    private final ProbeConfig probes;
    private final Login login;
    private final Duration limit;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<DatabaseLocation, Keeper> keepers = new ConcurrentHashMap<>();

    /** @param login the discovery user, which may read what the probes read and nothing else */
    public FirebirdDiscovery(FirebirdConfig config, ProbeConfig probes, Login login) {
        this.connector = new Connector(config);
        this.probes = probes;
        this.login = login;
        this.limit = config.connectTimeout();
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "halo-link-probe-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public ProbeResult probe(DatabaseLocation location) {
        return look(location, session -> {
            String serverVersion = session.serverVersion();
            return new DatabaseFacts(
                    value(session, new Probe("Database ID", probes.databaseId())),
                    value(session, new Probe("practice name", probes.practiceName())),
                    value(session, new Probe("version", probes.version())),
                    value(session, new Probe("licence kind", probes.licenceKind())),
                    serverVersion,
                    session.characterSet());
        });
    }

    @Override
    public ProbeResult ping(DatabaseLocation location) {
        return look(
                location,
                session -> new DatabaseFacts(null, null, null, null, session.serverVersion(), session.characterSet()));
    }

    @Override
    public void forget(DatabaseLocation location) {
        Keeper keeper = keepers.remove(location);
        if (keeper != null) {
            synchronized (keeper) {
                keeper.forgotten = true;
                close(keeper);
            }
        }
    }

    @Override
    public void close() {
        keepers.keySet().forEach(this::forget);
        timer.shutdownNow();
    }

    private ProbeResult look(DatabaseLocation location, Look look) {
        Keeper keeper = keepers.computeIfAbsent(location, l -> new Keeper());
        synchronized (keeper) {
            boolean fresh = keeper.session == null;
            ProbeResult result = lookOnce(keeper, location, look);
            // A kept connection may be dead, and never sees a right that was granted after it was refused.
            if (result instanceof Failed && !fresh) {
                result = lookOnce(keeper, location, look);
            }
            if (keeper.forgotten) {
                close(keeper);
            }
            return result;
        }
    }

    private ProbeResult lookOnce(Keeper keeper, DatabaseLocation location, Look look) {
        Future<?> drop = null;
        try {
            if (keeper.session == null) {
                keeper.session = connector.open(location, login);
            }
            Session session = keeper.session;
            drop = timer.schedule(session::drop, limit.toMillis(), TimeUnit.MILLISECONDS);
            session.readOnly();
            DatabaseFacts facts = look.at(session);
            session.connection().commit();
            return new Found(facts);
        } catch (ConnectFailed e) {
            return new Failed(e.problem(), e.getMessage());
        } catch (ProbeFailed e) {
            close(keeper);
            return new Failed(Problem.PROBE_FAILED, e.getMessage());
        } catch (SQLException e) {
            close(keeper);
            return FirebirdErrors.isConnectionLost(e)
                    ? new Failed(Problem.SERVER_DOWN, "the connection to the database was lost")
                    : new Failed(Problem.DATABASE_ERROR, said(e));
        } finally {
            if (drop != null) {
                drop.cancel(false);
            }
        }
    }

    private static String value(Session session, Probe probe) throws SQLException, ProbeFailed {
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(probe.sql())) {
            String value = row.next() ? row.getString(1) : null;
            if (value == null || value.isBlank()) {
                throw new ProbeFailed("the probe of the " + probe.what() + " gave no value", null);
            }
            return value.strip();
        } catch (SQLException e) {
            if (FirebirdErrors.isConnectionLost(e)) {
                throw e;
            }
            throw new ProbeFailed("the probe of the " + probe.what() + " failed: " + said(e), e);
        }
    }

    private static String said(SQLException e) {
        return "Firebird says (" + e.getErrorCode() + "): " + FirebirdErrors.message(e);
    }

    private static void close(Keeper keeper) {
        if (keeper.session != null) {
            keeper.session.close();
            keeper.session = null;
        }
    }
}
