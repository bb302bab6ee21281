package dev.halo.link.execution;

import dev.halo.link.sql.SqlText;
import dev.halo.link.sql.StatementRefused;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.firebirdsql.jdbc.FirebirdPreparedStatement;

/**
 * Which statements integrators may run: queries, changes of data, and procedures. The server's own reading of a statement
 * decides; only what that reading would hide is refused by its first words.
 */
final class StatementPolicy {

    private static final String ALLOWED = " Allowed are SELECT, INSERT, UPDATE, DELETE, MERGE and EXECUTE PROCEDURE.";

    private StatementPolicy() {}

    /**
     * Refuses what must not even be prepared.
     *
     * @throws StatementRefused with the reason
     */
    static void checkText(SqlText sql, Connection connection, Charset charset) throws SQLException {
        // EXECUTE BLOCK reads as a query or a procedure to the server, and can run anything, elsewhere too.
        if (sql.startsWith("EXECUTE", "BLOCK")) {
            throw StatementRefused.notAllowed("EXECUTE BLOCK is not allowed." + ALLOWED);
        }
        if (sql.startsWith("COMMIT") || sql.startsWith("ROLLBACK") || sql.startsWith("SET", "TRANSACTION")) {
            throw StatementRefused.notAllowed("Each query is a transaction of its own." + ALLOWED);
        }
        if (!charset.newEncoder().canEncode(sql.jdbc())) {
            throw StatementRefused.badParameter("The statement holds a character that the database's character set"
                    + " cannot hold; the driver would send another one.");
        }
        // The driver rewrites JDBC escapes after any look at the text; the tokenizer lets none pass, the driver must
        // agree.
        if (!connection.nativeSQL(sql.jdbc()).equals(sql.jdbc())) {
            throw StatementRefused.notAllowed("JDBC escapes are not allowed.");
        }
    }

    /**
     * The kind of a prepared statement, as the server says.
     *
     * @throws StatementRefused if integrators may not run such
     */
    static int checkKind(PreparedStatement statement) throws SQLException {
        int type = statement.unwrap(FirebirdPreparedStatement.class).getStatementType();
        return switch (type) {
            case FirebirdPreparedStatement.TYPE_SELECT,
                    FirebirdPreparedStatement.TYPE_SELECT_FOR_UPDATE,
                    FirebirdPreparedStatement.TYPE_INSERT,
                    FirebirdPreparedStatement.TYPE_UPDATE,
                    FirebirdPreparedStatement.TYPE_DELETE,
                    FirebirdPreparedStatement.TYPE_EXEC_PROCEDURE -> type;
            case FirebirdPreparedStatement.TYPE_DDL ->
                throw StatementRefused.notAllowed(
                        "Statements that define or grant (CREATE, ALTER, DROP, GRANT, SET ROLE and the like) are not"
                                + " allowed." + ALLOWED);
            case FirebirdPreparedStatement.TYPE_SET_GENERATOR ->
                throw StatementRefused.notAllowed("SET GENERATOR is not allowed." + ALLOWED);
            case FirebirdPreparedStatement.TYPE_SAVEPOINT ->
                throw StatementRefused.notAllowed("SAVEPOINT is not allowed." + ALLOWED);
            default -> throw StatementRefused.notAllowed("This kind of statement is not allowed." + ALLOWED);
        };
    }
}
