package dev.halo.systemtests.suite;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.firebirdsql.jdbc.FBDriver;

/** The first practice's patient database as the practice's own administrator sees it, past the whole suite. */
public final class PracticeServer {

    private final Demo demo;

    public PracticeServer(Demo demo) {
        this.demo = demo;
    }

    /** Texts of the statements that Firebird runs at this moment and that contain the marker, in upper or lower case. */
    public List<String> running(String marker) {
        // Firebird shows the asking statement as well, which does not contain the marker: it is a parameter.
        return texts(
                "select cast(substring(s.MON$SQL_TEXT from 1 for 4000) as varchar(4000)) from MON$STATEMENTS s"
                        + " where s.MON$STATE = 1 and s.MON$SQL_TEXT containing ?",
                marker);
    }

    /** Has Firebird end the statements that contain the marker, and waits until none of them runs. */
    public void end(String marker) {
        execute("delete from MON$STATEMENTS where MON$STATE = 1 and MON$SQL_TEXT containing '" + marker
                + "' and MON$ATTACHMENT_ID <> CURRENT_CONNECTION");
        await().atMost(Duration.ofSeconds(60)).until(() -> running(marker).isEmpty());
    }

    /** The first column of a query as text. */
    public List<String> texts(String sql, String... parameters) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        } catch (SQLException e) {
            throw new AssertionError("the practice's administrator cannot query: " + e.getMessage(), e);
        }
    }

    /** Runs and commits a statement. */
    public void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("the practice's administrator cannot execute: " + e.getMessage(), e);
        }
    }

    /** A connection as the administrator, which the caller closes. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", demo.value("HALO_FIREBIRD_USER"));
        properties.setProperty("password", demo.value("HALO_FIREBIRD_PASSWORD"));
        properties.setProperty("encoding", "WIN1252");
        return new FBDriver().connect(demo.value("HALO_FIREBIRD_URL_1"), properties);
    }
}
