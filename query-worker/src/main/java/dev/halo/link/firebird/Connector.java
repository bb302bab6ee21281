package dev.halo.link.firebird;

import dev.halo.link.firebird.ProbeResult.Problem;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.firebirdsql.jdbc.FBDriver;
import org.firebirdsql.jdbc.FirebirdConnection;
import org.jboss.logging.Logger;

/** Opens connections in the character set that fits the database. Safe for use by several threads. */
public final class Connector {

    private static final Logger LOG = Logger.getLogger(Connector.class);
    private static final String NO_ROLE = "NONE";

    private final FirebirdConfig config;
    private final FBDriver driver = new FBDriver();
    /** Grows with the databases that the Link serves, which its INI bounds. */
    private final Map<DatabaseLocation, String> characterSets = new ConcurrentHashMap<>();

    public Connector(FirebirdConfig config) {
        this.config = config;
    }

    /**
     * Opens a connection.
     *
     * @throws ConnectFailed if the server, the database or the login is the trouble
     */
    public Session open(DatabaseLocation location, Login login) throws ConnectFailed {
        String expected = characterSets.get(location);
        Session session = open(location, login, expected);
        String actual = session.characterSet();
        if (!encoding(actual).equals(encoding(expected))) {
            session.close();
            session = open(location, login, actual);
        }
        if (actual != null) {
            characterSets.put(location, actual);
        }
        return session;
    }

    private Session open(DatabaseLocation location, Login login, String characterSet) throws ConnectFailed {
        DatabaseEncoding encoding = encoding(characterSet);
        Connection connection = null;
        try {
            connection = driver.connect(location.jdbcUrl(config.defaultPort()), properties(login, encoding));
            Session session = session(connection, encoding.charset());
            connection = null;
            return session;
        } catch (SQLException e) {
            throw failed(location, e);
        } catch (RuntimeException e) {
            // The driver fails so when no authentication or encryption can be agreed on (its issue 940).
            throw new ConnectFailed(
                    Problem.LOGIN_REFUSED,
                    "the server at " + server(location) + " agreed on no authentication plugin or wire encryption",
                    e);
        } finally {
            close(connection);
        }
    }

    private Session session(Connection connection, Charset charset) throws SQLException {
        connection.setAutoCommit(false);
        FirebirdConnection firebird = connection.unwrap(FirebirdConnection.class);
        connection.setNetworkTimeout(
                Runnable::run, (int) config.connectTimeout().toMillis());
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select trim(current_role), trim(rdb$character_set_name) from" + " rdb$database")) {
            row.next();
            Session session = new Session(firebird, charset, row.getString(1), row.getString(2));
            connection.commit();
            session.answerWithin(Duration.ZERO);
            return session;
        }
    }

    private Properties properties(Login login, DatabaseEncoding encoding) {
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.secret());
        if (login.role() != null && !login.role().equals(NO_ROLE)) {
            properties.setProperty("roleName", login.role());
        }
        encoding.addTo(properties);
        properties.setProperty("wireCrypt", config.wireCrypt().name());
        properties.setProperty("authPlugins", config.authPlugins());
        properties.setProperty(
                "connectTimeout",
                Long.toString(Math.max(1, config.connectTimeout().toSeconds())));
        properties.setProperty("processName", "halo-link");
        // Closing a statement while the next rows are on their way breaks the connection (Jaybird issue 961), and a
        // socket that goes while the server sends can lock up a whole 3.0 server.
        properties.setProperty("asyncFetch", "false");
        config.enableProtocol().ifPresent(protocols -> properties.setProperty("enableProtocol", protocols));
        return properties;
    }

    private DatabaseEncoding encoding(String characterSet) {
        return DatabaseEncoding.of(characterSet, config.undeclaredCharset());
    }

    private ConnectFailed failed(DatabaseLocation location, SQLException e) {
        if (FirebirdErrors.isLoginRefused(e)) {
            return new ConnectFailed(
                    Problem.LOGIN_REFUSED, "the server at " + server(location) + " refuses the login", e);
        }
        if (FirebirdErrors.isDatabaseMissing(e)) {
            return new ConnectFailed(
                    Problem.DATABASE_MISSING,
                    "the server at " + server(location) + " cannot open the database " + location.database()
                            + ": the file or alias is missing, or the server may not read it",
                    e);
        }
        if (FirebirdErrors.isConnectionLost(e)) {
            return new ConnectFailed(Problem.SERVER_DOWN, "no Firebird server answers at " + server(location), e);
        }
        return new ConnectFailed(
                Problem.DATABASE_ERROR,
                "the server at " + server(location) + " says (" + e.getErrorCode() + "): " + FirebirdErrors.message(e),
                e);
    }

    private String server(DatabaseLocation location) {
        return location.server(config.defaultPort());
    }

    private static void close(Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debugf("event=close-failed code=%d", e.getErrorCode());
            }
        }
    }
}
