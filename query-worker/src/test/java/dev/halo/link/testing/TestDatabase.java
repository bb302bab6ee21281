package dev.halo.link.testing;

import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.link.enablement.AccessException;
import dev.halo.link.enablement.FirebirdIntegratorAccess;
import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.Login;
import dev.halo.link.firebird.SiteDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** One database on a real Firebird, with a vendor's role, and one integrator that the practice has enabled. */
public record TestDatabase(EmbeddedFirebird server, Path file, SiteDatabase site, IntegratorLogin login) {

    public static final String VENDOR_ROLE = "HALO_INTEGRATOR";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Creates a database on the shared server; the script may grant to {@link #VENDOR_ROLE}. */
    public static TestDatabase create(String characterSet, String script) {
        return create(EmbeddedFirebird.shared(), characterSet, script);
    }

    /** Creates a database on a server. */
    public static TestDatabase create(EmbeddedFirebird server, String characterSet, String script) {
        Path file = server.dataDirectory().resolve("test-" + NUMBER.incrementAndGet() + ".fdb");
        server.createDatabase(file, characterSet);
        server.execute(file, "create role " + VENDOR_ROLE + ";");
        server.execute(file, script);
        SiteDatabase site =
                new SiteDatabase(UUID.randomUUID(), "PATIENTS", DatabaseLocation.parse(server.connectionString(file)));
        try {
            IntegratorLogin login = access().enable(administrator(server), UUID.randomUUID(), List.of(site));
            return new TestDatabase(server, file, site, login);
        } catch (AccessException e) {
            throw new IllegalStateException(e);
        }
    }

    public static FirebirdIntegratorAccess access() {
        return new FirebirdIntegratorAccess(Settings.firebird(Map.of()), VENDOR_ROLE);
    }

    public static Login administrator(EmbeddedFirebird server) {
        return Login.of(EmbeddedFirebird.SYSDBA, server.sysdbaPassword());
    }

    public Login administrator() {
        return administrator(server);
    }

    /** Another integrator that the practice has enabled. */
    public IntegratorLogin enableAnother() {
        try {
            return access().enable(administrator(), UUID.randomUUID(), List.of(site));
        } catch (AccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a script as the administrator. */
    public void execute(String script) {
        server.execute(file, script);
    }

    /** A connection as the administrator. */
    public Connection connect() throws SQLException {
        return server.connect(file);
    }

    /** The first column of the first row, as the administrator sees it. */
    public String value(String sql) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many statements of the integrators' users the server knows, running or only prepared. */
    public int integratorStatements() {
        return Integer.parseInt(value("select count(*) from mon$statements s join mon$attachments a"
                + " on a.mon$attachment_id = s.mon$attachment_id where a.mon$user starting with 'H_'"));
    }

    /** How many of them run. */
    public int runningStatements() {
        return Integer.parseInt(value("select count(*) from mon$statements s join mon$attachments a"
                + " on a.mon$attachment_id = s.mon$attachment_id where a.mon$user starting with 'H_'"
                + " and s.mon$state = 1"));
    }

    /** How many connections the integrators' users have. */
    public int integratorConnections() {
        return Integer.parseInt(value("select count(*) from mon$attachments where mon$user starting with 'H_'"));
    }
}
