package dev.halo.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.firebirdsql.jdbc.FBDriver;
import org.firebirdsql.management.FBManager;

/**
 * One Firebird 3.0 server as a child process, on the loopback address, without an installation. The instance's folder
 * holds its own security database, lock folder, configuration and data; the server opens databases of its data folder
 * only. Starting again on the same folder and port continues where it ended.
 */
public final class EmbeddedFirebird implements AutoCloseable {

    /** Firebird's administrator. */
    public static final String SYSDBA = "SYSDBA";

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final Path instance;
    private final int port;
    private final FirebirdBinaries binaries;
    private final String password;
    private final Map<String, Path> aliases = new TreeMap<>();
    private ChildProcess server;

    private EmbeddedFirebird(Path cache, Path instance, int port) throws IOException {
        this.instance = OwnerOnly.directory(instance).toRealPath();
        this.port = port;
        this.binaries = FirebirdBinaries.find(cache);
        this.password = OwnerOnly.secret(this.instance.resolve("sysdba.password"), 10);
    }

    /** The folder of unpacked programs: {@code halo.firebird.cache}, else {@code HALO_FIREBIRD_CACHE}, else the user's. */
    public static Path defaultCache() {
        return BinaryCache.location("halo.firebird.cache", "HALO_FIREBIRD_CACHE", "firebird");
    }

    /** Starts a server with the programs of {@link #defaultCache()}. */
    public static EmbeddedFirebird start(Path instance, int port) {
        return start(defaultCache(), instance, port);
    }

    /**
     * Starts a server, and fetches its programs first if the cache does not have them.
     *
     * @param cache folder of unpacked programs that all runs share
     * @param instance folder of this server, made if it does not exist
     * @param port 0 for a free one
     * @throws EmbeddedException when it cannot start; the message says what to install
     */
    public static EmbeddedFirebird start(Path cache, Path instance, int port) {
        try {
            EmbeddedFirebird firebird = new EmbeddedFirebird(cache, instance, Ports.orFree(port));
            firebird.start();
            return firebird;
        } catch (IOException e) {
            throw new EmbeddedException("Firebird cannot use " + instance + ": " + e.getMessage(), e);
        }
    }

    /** The server that tests of this JVM share; it ends with the JVM. */
    public static EmbeddedFirebird shared() {
        return Shared.FIREBIRD;
    }

    /** Starts the stopped or killed server again on its folder and port; does nothing when it runs. */
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        Path pidFile = instance.resolve("server.pid");
        ChildProcess.reap(pidFile, STOP_LIMIT);
        try {
            layOut();
        } catch (IOException e) {
            throw new EmbeddedException("Firebird cannot use " + instance + ": " + e.getMessage(), e);
        }
        server = ChildProcess.start(new ChildProcess.Spec(
                "Firebird",
                List.of(
                        binaries.server().toString(),
                        "-p",
                        Integer.toString(port),
                        "-e",
                        instance.toString(),
                        "-el",
                        instance.resolve("lock").toString()),
                environment(),
                instance,
                instance.resolve("firebird.out"),
                ChildProcess.StopSignal.TERM,
                STOP_LIMIT,
                pidFile));
        awaitReady();
    }

    /** Stops the server in order; does nothing when it is stopped. */
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

    /** Process id; the server must run. */
    public synchronized long pid() {
        return server.pid();
    }

    /** Address to connect to. */
    public String host() {
        return "127.0.0.1";
    }

    /** Port to connect to. */
    public int port() {
        return port;
    }

    /** Password of {@link #SYSDBA}. */
    public String sysdbaPassword() {
        return password;
    }

    /** The one folder whose databases the server opens. */
    public Path dataDirectory() {
        return instance.resolve("data");
    }

    /** Firebird's connection form {@code host/port:path}, as an INI names a database. */
    public String connectionString(Path database) {
        return host() + "/" + port + ":" + database;
    }

    /** JDBC URL of a database by its path or alias, without credentials. */
    public String jdbcUrl(String pathOrAlias) {
        return "jdbc:firebirdsql://" + host() + ":" + port + "/" + pathOrAlias;
    }

    /** JDBC URL of a database by its path, without credentials. */
    public String jdbcUrl(Path database) {
        return jdbcUrl(database.toString());
    }

    /** Lets clients name a database by an alias, at once and after restarts of this object. */
    public synchronized void addAlias(String alias, Path database) {
        aliases.put(alias, database);
        try {
            FirebirdLayout.writeDatabases(instance, aliases);
        } catch (IOException e) {
            throw new EmbeddedException("Cannot write databases.conf: " + e.getMessage(), e);
        }
    }

    /** Creates an empty database (page size 8192, WIN1252) in the data folder. */
    public void createDatabase(Path database) {
        createDatabase(database, "WIN1252");
    }

    /** Creates an empty database of page size 8192 and the given character set in the data folder. */
    public void createDatabase(Path database, String characterSet) {
        try (FBManager manager = new FBManager()) {
            manager.setServer(host());
            manager.setPort(port);
            manager.setPageSize(8192);
            manager.setDefaultCharacterSet(characterSet);
            manager.setForceCreate(false);
            manager.start();
            manager.createDatabase(database.toString(), SYSDBA, password);
        } catch (Exception e) {
            throw new EmbeddedException("Cannot create the database " + database + ": " + e.getMessage(), e);
        }
    }

    /** A new connection as SYSDBA, with the character set WIN1252, which the caller closes. */
    public Connection connect(Path database) throws SQLException {
        return connect(database, SYSDBA, password, null);
    }

    /**
     * A new connection, with the character set WIN1252, which the caller closes.
     *
     * @param role null for none
     */
    public Connection connect(Path database, String user, String userPassword, String role) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", userPassword);
        properties.setProperty("encoding", "WIN1252");
        if (role != null) {
            properties.setProperty("roleName", role);
        }
        // Not through the DriverManager, which does not see a driver of another class loader.
        return new FBDriver().connect(jdbcUrl(database), properties);
    }

    /**
     * Runs statements as SYSDBA, each in a transaction of its own.
     *
     * @param script statements separated by {@code ;}, or by another terminator after {@code set term}, as isql takes them
     */
    public void execute(Path database, String script) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : SqlScript.statements(script)) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new EmbeddedException("A statement of the script failed: " + e.getMessage(), e);
        }
    }

    /**
     * Creates the server-wide user, or gives an existing one the password.
     *
     * @param name letters, digits and underscores, 31 at the most
     * @param userPassword printable, without quotation marks
     * @param database any database of this server: Firebird manages users through a connection to one
     */
    public void createUser(Path database, String name, String userPassword) {
        if (!name.matches("[A-Z][A-Z0-9_]{0,30}") || userPassword.contains("'")) {
            throw new IllegalArgumentException("Not a user name or password: " + name);
        }
        execute(database, "create or alter user " + name + " password '" + userPassword + "' using plugin Srp;");
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "FIREBIRD", instance.toString(),
                "FIREBIRD_MSG", instance.toString(),
                "FIREBIRD_LOCK", instance.resolve("lock").toString(),
                "FIREBIRD_TMP", instance.resolve("tmp").toString()));
        binaries.libraries().ifPresent(path -> environment.put("LD_LIBRARY_PATH", path.toString()));
        return environment;
    }

    private void layOut() throws IOException {
        FirebirdLayout.write(instance, port, binaries, aliases);
        Path done = instance.resolve("security.done");
        if (!Files.exists(done)) {
            createSecurityDatabase(instance.resolve("security3.fdb"));
            Files.createFile(done);
        }
    }

    private void createSecurityDatabase(Path security) throws IOException {
        // What an interrupted start left of it is useless.
        Files.deleteIfExists(security);
        Path script = instance.resolve("security.sql");
        OwnerOnly.write(script, """
                create database '%s' user SYSDBA;
                commit;
                in %s;
                commit;
                create or alter user SYSDBA password '%s' using plugin Srp;
                commit;
                """.formatted(security, binaries.securitySql(), password));
        runIsql(script);
        Files.delete(script);
    }

    private void runIsql(Path script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(binaries.isql().toString(), "-q", "-bail", "-i", script.toString())
                .directory(instance.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        instance.resolve("isql.out").toFile()));
        builder.environment().putAll(environment());
        builder.environment().remove("ISC_USER");
        builder.environment().remove("ISC_PASSWORD");
        Process process = builder.start();
        try {
            if (!process.waitFor(180, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new EmbeddedException(
                        "Firebird's security database cannot be made, see " + instance.resolve("isql.out"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new EmbeddedException("Interrupted while Firebird's security database was made", e);
        }
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (server.isAlive() && System.nanoTime() < deadline) {
            if (!Ports.isFree(port)) {
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        boolean ended = !server.isAlive();
        kill();
        throw new EmbeddedException("Firebird " + (ended ? "ended at its start" : "was not ready within " + START_LIMIT)
                + ", see " + instance.resolve("firebird.out"));
    }

    private static final class Shared {
        private static final EmbeddedFirebird FIREBIRD = startShared();

        private static EmbeddedFirebird startShared() {
            Path directory = SharedDirectory.create("firebird");
            EmbeddedFirebird firebird = EmbeddedFirebird.start(directory, 0);
            SharedDirectory.closeAtExit("firebird", firebird, directory);
            return firebird;
        }
    }
}
