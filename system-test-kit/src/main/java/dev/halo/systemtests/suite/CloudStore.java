package dev.halo.systemtests.suite;

import dev.halo.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The gateways' database, past the gateways: what no API tells, and what no API can bring about. */
final class CloudStore {

    private static final String DATABASE = "halo_gateway";

    private final EmbeddedPostgres postgres;

    CloudStore(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /** What is read of a row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The first row that a query gives. */
    <T> Optional<T> first(String sql, Reader<T> reader, Object... parameters) {
        try (Connection connection = postgres.connect(DATABASE);
                PreparedStatement statement = prepared(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
        } catch (SQLException e) {
            throw new AssertionError("the cloud's database cannot be read: " + e.getMessage(), e);
        }
    }

    /** Changes rows, of which there must be some. */
    void change(String sql, Object... parameters) {
        if (execute(sql, parameters) == 0) {
            throw new AssertionError("there is nothing in the cloud's database to change: " + sql);
        }
    }

    /** Runs and commits a statement; returns the number of rows that it has changed. */
    int execute(String sql, Object... parameters) {
        try (Connection connection = postgres.connect(DATABASE);
                PreparedStatement statement = prepared(connection, sql, parameters)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new AssertionError("the cloud's database cannot be changed: " + e.getMessage(), e);
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }
}
