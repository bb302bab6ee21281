package dev.halo.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Makes the demo's patient database. */
final class DemoPatients {

    private static final String VERSION = "42.1.0 (demo)";

    private DemoPatients() {}

    static void create(EmbeddedFirebird firebird, Path database, DemoPractice.Spec spec) throws SQLException {
        firebird.createDatabase(database);
        firebird.createUser(database, spec.discoveryUser(), spec.discoveryPassword());
        firebird.execute(
                database, DemoScripts.load("patients-schema.sql").replace("${DISCOVERY}", spec.discoveryUser()));
        try (Connection connection = firebird.connect(database)) {
            connection.setAutoCommit(false);
            fillSystem(connection, spec);
            for (Map.Entry<String, List<String>> kind : DemoWords.ALL.entrySet()) {
                fillWords(connection, kind.getKey(), kind.getValue());
            }
            connection.commit();
        }
        firebird.execute(
                database,
                DemoScripts.load("patients-data.sql")
                        .replace("${PATIENTS}", Integer.toString(spec.patients()))
                        .replace("${SEED}", Long.toString(Math.floorMod(spec.seed(), 2_147_483_647L))));
    }

    private static void fillSystem(Connection connection, DemoPractice.Spec spec) throws SQLException {
        Map<String, String> rows = Map.of(
                "DATABASE_ID", spec.databaseId(),
                "PRACTICE_NAME", spec.name(),
                "VERSION", VERSION,
                "LICENCE_KIND", spec.licence().name());
        try (PreparedStatement insert =
                connection.prepareStatement("insert into ZEDMED_SYSTEM (SETTING_KEY, SETTING_VALUE) values (?, ?)")) {
            for (Map.Entry<String, String> row : rows.entrySet()) {
                insert.setString(1, row.getKey());
                insert.setString(2, row.getValue());
                insert.executeUpdate();
            }
        }
    }

    private static void fillWords(Connection connection, String kind, List<String> words) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into DEMO_WORDS (KIND, POSITION_NO, WORD) values (?, ?, ?)")) {
            for (int position = 0; position < words.size(); position++) {
                insert.setString(1, kind);
                insert.setInt(2, position);
                insert.setString(3, words.get(position));
                insert.executeUpdate();
            }
        }
    }
}
