package dev.halo.link.execution;

import dev.halo.link.sql.ParameterSet;
import dev.halo.link.sql.SqlText;
import dev.halo.link.sql.SqlTokenizer;
import dev.halo.link.sql.StatementRefused;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.Parameter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * How a command is going to be run, as far as it can be told without the database.
 *
 * @param sql null for a stored procedure, whose call is made from what the database says of it
 * @param readOnly whether it runs in a read-only transaction: only what begins as a query, and is asked for its rows
 */
record Plan(Command command, SqlText sql, ParameterSet parameters, boolean readOnly) {

    /** A statement with a value for each {@code ?}. */
    record Ready(SqlText sql, List<Parameter> bindings) {}

    /** @throws StatementRefused if the text or the parameters can be seen to be wrong */
    static Plan of(Command command) {
        ParameterSet parameters = ParameterSet.of(command.parameters());
        if (command.type() == CommandType.STORED_PROCEDURE) {
            return new Plan(command, null, parameters, false);
        }
        SqlText sql = SqlTokenizer.read(command.text());
        // Refused here already, so that a missing value costs no connection.
        parameters.bindings(sql.parameters());
        boolean readOnly = command.executionMode() != ExecutionMode.NON_QUERY && sql.looksLikeQuery();
        return new Plan(command, sql, parameters, readOnly);
    }

    /** The parameters that are given back. */
    List<Parameter> outputs() {
        return parameters.outputs();
    }

    /** The statement; looks a procedure up in the current transaction. */
    Ready ready(Connection connection) throws SQLException {
        if (sql != null) {
            return new Ready(sql, parameters.bindings(sql.parameters()));
        }
        Procedure.Call call = Procedures.find(connection, command.text()).call(parameters);
        List<String> names = call.bindings().stream().map(Parameter::bareName).toList();
        List<String> words = call.sql().startsWith("SELECT") ? List.of("SELECT") : List.of("EXECUTE", "PROCEDURE");
        return new Ready(new SqlText(call.sql(), names, words), call.bindings());
    }

    /** Whether a parameter holds a character that not every character set has. */
    boolean hasSpecialText() {
        return parameters.inputs().stream().anyMatch(p -> p.value() != null && !isAscii(p.value()));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }
}
