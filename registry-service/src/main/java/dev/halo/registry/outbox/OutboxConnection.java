package dev.halo.registry.outbox;

import dev.halo.protocol.topic.Topic;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.config.RegistryConfig;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The relay's own connection to PostgreSQL, outside every pool: the lock that makes a relay the only one, and the
 * notifications that wake it, belong to a connection and end with it. Used by the relay's thread alone.
 */
final class OutboxConnection implements AutoCloseable {

    /** A row of the outbox. */
    record Row(long id, UUID commandId, Publication publication) {}

    /** How much waits, and since when. */
    record Backlog(long rows, Optional<Instant> oldest) {}

    private static final String PUBLISHED = "halo_registry_published";
    private static final String AUDIT = """
            insert into audit_entry (at, actor_kind, actor, action, subject_kind, subject_id, detail, command_id)
            values (?, 'SERVICE', 'registry', ?, 'TOPIC', 'all', ?, ?)
            """;

    private static final long LOCK = 0x48616C6F5265676CL;

    private final Connection connection;

    private OutboxConnection(Connection connection) {
        this.connection = connection;
    }

    /** Connects and listens. */
    static OutboxConnection open(RegistryConfig.Database database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {database.host()});
        source.setPortNumbers(new int[] {database.port()});
        source.setDatabaseName(database.name());
        source.setUser(database.user());
        source.setPassword(database.password());
        source.setSslMode(database.sslMode());
        source.setApplicationName("halo-registry-relay");
        source.setConnectTimeout(10);
        source.setSocketTimeout(30);
        source.setTcpKeepAlive(true);
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("set search_path to registry");
            statement.execute("listen halo_registry_outbox");
            statement.execute("listen " + PUBLISHED);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return new OutboxConnection(connection);
    }

    /** Whether this connection is the one relay's from now on, until it closes. */
    boolean tryLock() throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            lock.setLong(1, LOCK);
            try (ResultSet result = lock.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    /** The oldest rows, always whole commands, in the order in which they were written. */
    List<Row> oldest(int atLeast) throws SQLException {
        String sql = """
                select outbox_id, command_id, topic, record_key, record_value from outbox
                where command_id in (select command_id from outbox order by outbox_id limit ?)
                order by outbox_id
                """;
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, atLeast);
            try (ResultSet result = select.executeQuery()) {
                while (result.next()) {
                    rows.add(new Row(
                            result.getLong(1),
                            result.getObject(2, UUID.class),
                            new Publication(
                                    Topic.valueOf(result.getString(3)), result.getString(4), result.getString(5))));
                }
            }
        }
        return rows;
    }

    /** Takes published rows away and tells every process that waits for one of their commands. */
    void published(List<Row> rows, Collection<UUID> commands) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement delete = connection.prepareStatement("delete from outbox where outbox_id = any(?)");
                PreparedStatement notify = connection.prepareStatement(
                        "select pg_notify('" + PUBLISHED + "', c::text) from unnest(?) c")) {
            delete.setArray(1, array("bigint", rows.stream().map(Row::id).toArray()));
            delete.executeUpdate();
            notify.setArray(1, array("uuid", commands.toArray()));
            notify.execute();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Those of the commands that still have rows. */
    Set<UUID> unpublished(Collection<UUID> commands) throws SQLException {
        Set<UUID> found = new HashSet<>();
        try (PreparedStatement select =
                connection.prepareStatement("select distinct command_id from outbox where command_id = any(?)")) {
            select.setArray(1, array("uuid", commands.toArray()));
            try (ResultSet result = select.executeQuery()) {
                while (result.next()) {
                    found.add(result.getObject(1, UUID.class));
                }
            }
        }
        return found;
    }

    /**
     * Waits until something is written to the outbox, something of it was published, or the time is up.
     *
     * @return the commands that were published meanwhile
     */
    List<UUID> await(Duration atMost) throws SQLException {
        PGNotification[] notifications =
                connection.unwrap(PGConnection.class).getNotifications(Math.max(1, Math.toIntExact(atMost.toMillis())));
        List<UUID> published = new ArrayList<>();
        if (notifications != null) {
            for (PGNotification notification : notifications) {
                if (PUBLISHED.equals(notification.getName())) {
                    published.add(UUID.fromString(notification.getParameter()));
                }
            }
        }
        return published;
    }

    Backlog backlog() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select count(*), min(created_at) from outbox")) {
            result.next();
            return new Backlog(
                    result.getLong(1),
                    Optional.ofNullable(result.getTimestamp(2)).map(Timestamp::toInstant));
        }
    }

    /** The ids of the topics that hold all that was published. */
    Map<Topic, String> publishedTopics() throws SQLException {
        Map<Topic, String> ids = new EnumMap<>(Topic.class);
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select topic, topic_id from published_topic")) {
            while (result.next()) {
                ids.put(Topic.valueOf(result.getString(1)), result.getString(2));
            }
        }
        return ids;
    }

    /** Everything has been published to this topic. */
    void remember(Topic topic, String topicId) throws SQLException {
        String sql = """
                insert into published_topic (topic, topic_id, published_at) values (?, ?, now())
                on conflict (topic) do update set topic_id = excluded.topic_id, published_at = excluded.published_at
                """;
        try (PreparedStatement upsert = connection.prepareStatement(sql)) {
            upsert.setString(1, topic.name());
            upsert.setString(2, topicId);
            upsert.executeUpdate();
        }
    }

    /** Below which no new version begins. */
    long versionFloor() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select max(version_floor) from deployment")) {
            result.next();
            return result.getLong(1);
        }
    }

    /**
     * Gives everything a version above this one, also what is made later, and has all of it published again. Waits for
     * the changes that are being made, and lets none begin meanwhile: each begins with a lock in one of these tables.
     *
     * @param detail for the audit, as JSON
     */
    void raiseVersions(long above, Instant at, String detail) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                PreparedStatement floor = connection.prepareStatement(
                        "update deployment set version_floor = greatest(version_floor, ?)");
                PreparedStatement audit = connection.prepareStatement(AUDIT)) {
            statement.execute("set local lock_timeout = '20s'");
            statement.execute("lock table link, integrator, authority, pairing, site, enablement in exclusive mode");
            for (String table : List.of("site", "authority", "integrator", "pairing", "enablement")) {
                statement.executeUpdate("update " + table + " set version = greatest(version, " + above + ") + 1");
            }
            statement.executeUpdate("delete from published_topic");
            floor.setLong(1, above);
            floor.executeUpdate();
            audit.setTimestamp(1, Timestamp.from(at));
            audit.setString(2, AuditAction.VERSIONS_RAISED.name());
            audit.setString(3, detail);
            audit.setObject(4, UUID.randomUUID());
            audit.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Forgets secrets that were retired before a time, at most 10 000 at once. */
    int forgetRetiredSecrets(Instant before) throws SQLException {
        String sql = """
                delete from retired_secret where secret_sha256 in
                    (select secret_sha256 from retired_secret where retired_at < ? limit 10000)
                """;
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setTimestamp(1, Timestamp.from(before));
            return delete.executeUpdate();
        }
    }

    /** For reading everything as of one moment; ended by {@link #endSnapshot()}. */
    Connection beginSnapshot() throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        return connection;
    }

    void endSnapshot() throws SQLException {
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private Array array(String type, Object[] values) throws SQLException {
        return connection.createArrayOf(type, values);
    }
}
