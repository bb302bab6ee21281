package dev.halo.link.execution;

import dev.halo.link.execution.Procedure.Argument;
import dev.halo.link.sql.StatementRefused;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.QueryFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks procedures up in a database's own tables. Whether the integrator may run one is for the database to say. */
final class Procedures {

    /** Firebird's code for a procedure that does not exist. */
    private static final int PROCEDURE_UNKNOWN = 335544581;

    private static final int SELECTABLE = 1;
    private static final String SAME_PACKAGE = " and rdb$package_name is not distinct from ?";
    private static final String FIND =
            "select rdb$procedure_type from rdb$procedures where rdb$procedure_name = ?" + SAME_PACKAGE;
    private static final String INPUTS = "select trim(rdb$parameter_name), rdb$default_source is not null"
            + " from rdb$procedure_parameters where rdb$parameter_type = 0 and rdb$procedure_name = ?" + SAME_PACKAGE
            + " order by rdb$parameter_number";

    private Procedures() {}

    /**
     * The procedure that a command's text names.
     *
     * @throws StatementRefused if there is none
     */
    static Procedure find(Connection connection, String text) throws SQLException {
        Optional<ProcedureName> parsed = ProcedureName.parse(text);
        if (parsed.isPresent()) {
            ProcedureName name = parsed.get();
            try (PreparedStatement find = connection.prepareStatement(FIND)) {
                set(find, name);
                try (ResultSet row = find.executeQuery()) {
                    if (row.next()) {
                        boolean selectable = row.getInt(1) == SELECTABLE;
                        return new Procedure(name.packageName(), name.name(), selectable, inputs(connection, name));
                    }
                }
            }
        }
        throw new StatementRefused(new QueryFailure(
                ErrorType.FBSQL,
                PROCEDURE_UNKNOWN,
                "Procedure unknown. With type storedProcedure the text is a procedure's name alone."));
    }

    private static List<Argument> inputs(Connection connection, ProcedureName name) throws SQLException {
        List<Argument> inputs = new ArrayList<>();
        try (PreparedStatement find = connection.prepareStatement(INPUTS)) {
            set(find, name);
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    inputs.add(new Argument(rows.getString(1), rows.getBoolean(2)));
                }
            }
        }
        return inputs;
    }

    private static void set(PreparedStatement statement, ProcedureName name) throws SQLException {
        statement.setString(1, name.name());
        statement.setString(2, name.packageName());
    }
}
