package dev.halo.link.firebird;

import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.firebirdsql.gds.ISCConstants;
import org.firebirdsql.gds.TransactionParameterBuffer;
import org.firebirdsql.gds.ng.FbDatabase;
import org.firebirdsql.jaybird.fb.constants.TpbItems;
import org.firebirdsql.jdbc.FirebirdConnection;
import org.jboss.logging.Logger;

/** One open connection to a database. Only {@link #cancel} and {@link #drop} may be called from other threads. */
public final class Session implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Session.class);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final FirebirdConnection connection;
    private final FbDatabase database;
    private final Charset charset;
    private final String role;
    private final String characterSet;

    Session(FirebirdConnection connection, Charset charset, String role, String characterSet) throws SQLException {
        this.connection = connection;
        this.database = connection.getFbDatabase();
        this.charset = charset;
        this.role = role;
        this.characterSet = characterSet;
    }

    /** The JDBC connection, with auto-commit off. */
    public Connection connection() {
        return connection;
    }

    /** In which SQL, and text for columns without a character set, are sent. */
    public Charset charset() {
        return charset;
    }

    /** {@code CURRENT_ROLE} when it was opened. */
    public String role() {
        return role;
    }

    /** The database's default character set, as Firebird names it. */
    public String characterSet() {
        return characterSet;
    }

    /** Firebird's version, such as {@code 3.0.11}. */
    public String serverVersion() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select rdb$get_context('SYSTEM', 'ENGINE_VERSION') from rdb$database")) {
            row.next();
            return row.getString(1);
        }
    }

    /** Has the next transaction read what is committed and lock nothing, so that no user of the practice ever waits for it. */
    public void readOnly() throws SQLException {
        TransactionParameterBuffer tpb = readCommitted();
        tpb.addArgument(TpbItems.isc_tpb_read);
        tpb.addArgument(TpbItems.isc_tpb_nowait);
        // The driver puts this property's value into whatever parameters it is given.
        connection.setReadOnly(true);
        connection.setTransactionParameters(tpb);
    }

    /**
     * Has the next transaction write.
     *
     * @param lockSeconds how long it waits for a row that somebody else has locked
     */
    public void readWrite(int lockSeconds) throws SQLException {
        TransactionParameterBuffer tpb = readCommitted();
        tpb.addArgument(TpbItems.isc_tpb_write);
        tpb.addArgument(TpbItems.isc_tpb_wait);
        tpb.addArgument(TpbItems.isc_tpb_lock_timeout, lockSeconds);
        connection.setReadOnly(false);
        connection.setTransactionParameters(tpb);
    }

    private TransactionParameterBuffer readCommitted() throws SQLException {
        TransactionParameterBuffer tpb = connection.createTransactionParameterBuffer();
        tpb.addArgument(TpbItems.isc_tpb_read_committed);
        tpb.addArgument(TpbItems.isc_tpb_rec_version);
        return tpb;
    }

    /** Asks the server to end what runs here; it answers within milliseconds, except during a COMMIT. */
    public void cancel() {
        try {
            database.cancelOperation(ISCConstants.fb_cancel_raise);
        } catch (SQLException e) {
            LOG.debugf("event=cancel-failed code=%d", e.getErrorCode());
        }
    }

    /** How long each later answer of the server may take; zero for as long as it likes. */
    void answerWithin(Duration limit) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) limit.toMillis());
    }

    /** Closes the socket without a word; the server then ends what runs and rolls it back. */
    public void drop() {
        try {
            database.forceClose();
        } catch (SQLException e) {
            LOG.debugf("event=drop-failed code=%d", e.getErrorCode());
        }
    }

    /** Rolls back what is open and closes; trouble with that is nobody's concern any more. */
    @Override
    public void close() {
        try {
            // A server that no longer answers must not hold up whoever closes.
            answerWithin(CLOSE_LIMIT);
            connection.close();
        } catch (SQLException | RuntimeException e) {
            LOG.debugf("event=close-failed cause=%s", e.getClass().getSimpleName());
            drop();
        }
    }
}
