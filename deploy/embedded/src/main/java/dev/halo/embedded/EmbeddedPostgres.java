package dev.halo.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.Driver;

/**
 * One PostgreSQL server as a child process, on the loopback address, from bundled programs. The folder keeps the data:
 * starting again on the same folder and port continues where it ended, after a crash as well.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final String SUPERUSER = "halo";
    private static final Duration ORPHANS_LIMIT = Duration.ofSeconds(20);
    private static final Duration ORPHANS_PAUSE = Duration.ofMillis(500);
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final Path directory;
    private final int port;
    private final boolean durable;
    private final String password;
    private ChildProcess server;

    private EmbeddedPostgres(Path directory, int port, boolean durable) throws IOException {
        this.directory = Files.createDirectories(directory).toAbsolutePath();
        this.port = port;
        this.durable = durable;
        this.password = OwnerOnly.secret(this.directory.resolve("password"), 16);
    }

    /**
     * Starts a server that keeps what it acknowledged, whatever crashes.
     *
     * @param directory keeps the data, made if it does not exist
     * @param port 0 for a free one
     * @throws EmbeddedException when it cannot start
     */
    public static EmbeddedPostgres start(Path directory, int port) {
        return start(directory, port, true);
    }

    /** The server that tests of this JVM share; it ends with the JVM. It does not wait for the disk. */
    public static EmbeddedPostgres shared() {
        return Shared.POSTGRES;
    }

    private static EmbeddedPostgres start(Path directory, int port, boolean durable) {
        try {
            EmbeddedPostgres postgres = new EmbeddedPostgres(directory, Ports.orFree(port), durable);
            postgres.start();
            return postgres;
        } catch (IOException e) {
            throw new EmbeddedException("PostgreSQL cannot use " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Starts the stopped or killed server again on its folder and port; does nothing when it runs. */
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        PostgresBinaries binaries = PostgresBinaries.find(cache());
        Path pidFile = directory.resolve("server.pid");
        ChildProcess.reap(pidFile, STOP_LIMIT);
        Path data = directory.resolve("data");
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            initialise(binaries, data);
        }
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        // Processes of a killed server hold its shared memory until they notice, and a new one refuses to start so
        // long.
        long giveUp = System.nanoTime() + ORPHANS_LIMIT.toNanos();
        while (!runs(binaries, data, pidFile, deadline)) {
            if (System.nanoTime() > giveUp) {
                throw new EmbeddedException("PostgreSQL ended at its start, see " + log());
            }
            LockSupport.parkNanos(ORPHANS_PAUSE.toNanos());
        }
    }

    private boolean runs(PostgresBinaries binaries, Path data, Path pidFile, long deadline) {
        server = ChildProcess.start(new ChildProcess.Spec(
                "PostgreSQL",
                command(binaries, data),
                Map.of(),
                directory,
                log(),
                ChildProcess.StopSignal.INT,
                STOP_LIMIT,
                pidFile));
        return awaitReady(deadline);
    }

    private List<String> command(PostgresBinaries binaries, Path data) {
        List<String> command = binaries.command("postgres", "-D", data.toString(), "-p", Integer.toString(port));
        List<String> settings = new ArrayList<>(List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "shared_buffers=32MB",
                "max_connections=100",
                "dynamic_shared_memory_type=mmap"));
        if (!durable) {
            settings.addAll(List.of("fsync=off", "full_page_writes=off", "synchronous_commit=off"));
        }
        settings.forEach(setting -> command.addAll(List.of("-c", setting)));
        return command;
    }

    /** Stops the server in order; the data stays. Does nothing when it is stopped. */
    public synchronized void stop() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    /** Ends the server without notice, as a crash would. */
    public synchronized void kill() {
        if (server != null) {
            server.kill();
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Whether the server runs. */
    public synchronized boolean isRunning() {
        return server != null && server.isAlive();
    }

    /** Process id, for tests that look at it; the server must run. */
    public synchronized long pid() {
        return server.pid();
    }

    /** Makes the database if there is none of that name. */
    public void createDatabase(String name) {
        if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("Not a database name: " + name);
        }
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select 1 from pg_database where datname = '" + name + "'")) {
            if (!found.next()) {
                statement.execute("create database " + name);
            }
        } catch (SQLException e) {
            throw new EmbeddedException("Cannot create the database " + name + ": " + e.getMessage(), e);
        }
    }

    /** A new connection as the superuser, which the caller closes. */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", password);
        // Not through the DriverManager, which does not see a driver of another class loader.
        return new Driver().connect(jdbcUrl(database), properties);
    }

    /** JDBC URL of a database of this server, without credentials. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port + "/" + database;
    }

    /** Address to connect to. */
    public String host() {
        return "127.0.0.1";
    }

    /** Port to connect to. */
    public int port() {
        return port;
    }

    /** The superuser, which owns all databases. */
    public String user() {
        return SUPERUSER;
    }

    /** Password of {@link #user()}. */
    public String password() {
        return password;
    }

    private Path log() {
        return directory.resolve("postgresql.log");
    }

    private static Path cache() {
        return BinaryCache.location("halo.postgresql.cache", "HALO_POSTGRESQL_CACHE", "postgresql");
    }

    private void initialise(PostgresBinaries binaries, Path data) {
        try {
            // An initdb that was interrupted leaves a folder that the next one refuses.
            BinaryCache.deleteTree(data);
            if (binaries.owner().isPresent()) {
                handOver(binaries.owner().get(), data);
            }
            Process process = new ProcessBuilder(binaries.command(
                            "initdb",
                            "-D",
                            data.toString(),
                            "-U",
                            SUPERUSER,
                            "-E",
                            "UTF8",
                            "--locale=C",
                            // On the loopback interface alone. SCRAM's thousands of rounds for each connection took a
                            // tenth of the time of tests whose JVM compiles for a quick start.
                            "--auth=password",
                            "--pwfile=" + directory.resolve("password")))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            if (!process.waitFor(180, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new EmbeddedException("PostgreSQL's initdb failed, see " + log());
            }
        } catch (IOException e) {
            throw new EmbeddedException("PostgreSQL's initdb cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("Interrupted while PostgreSQL's initdb ran", e);
        }
    }

    private void handOver(String owner, Path data) throws IOException {
        UserPrincipal principal =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
        Files.createDirectories(data);
        Files.setOwner(data, principal);
        Files.setOwner(directory.resolve("password"), principal);
        Files.setOwner(directory, principal);
    }

    /** False when the server ended by itself before it answered. */
    private boolean awaitReady(long deadline) {
        SQLException last = null;
        while (server.isAlive() && System.nanoTime() < deadline) {
            try (Connection connection = connect("postgres")) {
                if (connection.isValid(5)) {
                    return true;
                }
            } catch (SQLException e) {
                last = e;
            }
            LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
        }
        boolean ended = !server.isAlive();
        kill();
        if (ended) {
            return false;
        }
        throw new EmbeddedException("PostgreSQL was not ready within " + START_LIMIT + ", see " + log(), last);
    }

    private static final class Shared {
        private static final EmbeddedPostgres POSTGRES = startShared();

        private static EmbeddedPostgres startShared() {
            Path directory = SharedDirectory.create("postgresql");
            EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, 0, false);
            SharedDirectory.closeAtExit("postgresql", postgres, directory);
            return postgres;
        }
    }
}
