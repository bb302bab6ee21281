package dev.halo.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each server starts, keeps its data over stop, kill and start, and leaves no process behind. */
class EmbeddedServersIT {

    @TempDir
    Path directory;

    @Test
    void kafkaKeepsItsTopicsOverARestart() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            // Given
            try (Admin admin = admin(kafka)) {
                admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            // When
            kafka.stop();
            kafka.start();
            // Then
            try (Admin admin = admin(kafka)) {
                assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("kept");
            }
        }
    }

    @Test
    void postgresKeepsItsRowsOverStopAndKill() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, 0)) {
            // Given
            postgres.createDatabase("gateway");
            postgres.createDatabase("gateway");
            long first = postgres.pid();
            try (Connection connection = postgres.connect("gateway");
                    Statement statement = connection.createStatement()) {
                statement.execute("create table kept (id integer)");
                statement.execute("insert into kept values (7)");
            }
            // When
            postgres.stop();
            assertGone(first);
            postgres.start();
            postgres.kill();
            postgres.start();
            // Then
            try (Connection connection = postgres.connect("gateway");
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select id from kept")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(7);
            }
            long last = postgres.pid();
            postgres.close();
            assertGone(last);
        }
    }

    @Test
    void firebirdKeepsItsRowsOverStopAndKill() throws Exception {
        try (EmbeddedFirebird firebird = EmbeddedFirebird.start(directory, 0)) {
            // Given
            Path database = firebird.dataDirectory().resolve("kept.fdb");
            firebird.createDatabase(database);
            firebird.execute(database, "create table KEPT (ID integer); insert into KEPT values (7);");
            long first = firebird.pid();
            // When
            firebird.stop();
            assertGone(first);
            assertThatThrownBy(() -> firebird.connect(database)).isInstanceOf(SQLException.class);
            firebird.start();
            firebird.kill();
            firebird.start();
            // Then
            assertThat(single(firebird.connect(database), "select ID from KEPT"))
                    .isEqualTo("7");
            long last = firebird.pid();
            firebird.close();
            assertGone(last);
        }
    }

    @Test
    void firebirdOpensNothingOutsideItsDataFolder() {
        try (EmbeddedFirebird firebird = EmbeddedFirebird.start(directory, 0)) {
            assertThatThrownBy(() -> firebird.createDatabase(directory.resolve("elsewhere.fdb")))
                    .isInstanceOf(EmbeddedException.class);
        }
    }

    @Test
    void aPracticeIsCompleteAndGuarded() throws Exception {
        // Given
        EmbeddedFirebird firebird = EmbeddedFirebird.shared();
        DemoPractice.Spec spec = DemoPractice.Spec.small("complete", "ZM-COMPLETE");
        // When
        DemoPractice practice = DemoPractice.create(firebird, spec);
        practice.addLargeTable(firebird, "LARGE_ROWS", 1000);
        // Then
        assertThat(single(firebird.connect(practice.patientDatabase()), "select count(*) from PATIENTS"))
                .isEqualTo("200");
        assertThat(single(firebird.connect(practice.patientDatabase()), "select count(*) from LARGE_ROWS"))
                .isEqualTo("1000");
        assertThat(single(firebird.connect(practice.documentDatabase()), "select count(*) from DOCUMENTS"))
                .isEqualTo("20");
        Connection discovery =
                firebird.connect(practice.patientDatabase(), spec.discoveryUser(), spec.discoveryPassword(), null);
        assertThat(single(discovery, "select SETTING_VALUE from ZEDMED_SYSTEM where SETTING_KEY = 'DATABASE_ID'"))
                .isEqualTo("ZM-COMPLETE");
        assertThatThrownBy(() -> single(
                        firebird.connect(
                                practice.patientDatabase(), spec.discoveryUser(), spec.discoveryPassword(), null),
                        "select count(*) from PATIENTS"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void theVendorsRoleRunsTheProceduresAndSeesNoSecrets() throws Exception {
        // Given
        EmbeddedFirebird firebird = EmbeddedFirebird.shared();
        DemoPractice practice = DemoPractice.create(firebird, DemoPractice.Spec.small("role", "ZM-ROLE"));
        firebird.createUser(practice.patientDatabase(), "ROLE_TESTER", "tester-secret");
        firebird.execute(practice.patientDatabase(), "grant HALO_INTEGRATOR to ROLE_TESTER;");
        // When
        try (Connection connection = firebird.connect(
                        practice.patientDatabase(), "ROLE_TESTER", "tester-secret", DemoPractice.INTEGRATOR_ROLE);
                Statement statement = connection.createStatement()) {
            // Then
            try (ResultSet booked = statement.executeQuery(
                    "execute procedure P_BOOK_APPOINTMENT(1, 1, date '2026-01-05', time '09:00:00', 15, 'Follow-up')")) {
                assertThat(booked.next()).isTrue();
                assertThat(booked.getLong(1)).isGreaterThan(1000);
            }
            try (ResultSet found = statement.executeQuery("select count(*) from P_PATIENT_SEARCH('s')")) {
                assertThat(found.next()).isTrue();
                assertThat(found.getInt(1)).isPositive();
            }
            assertThat(statement.executeUpdate("insert into APPOINTMENTS (PATIENT_ID, DOCTOR_ID, CLINIC_ID, STARTS_ON,"
                            + " STARTS_AT) values (1, 1, 1, date '2026-01-06', time '10:00:00')"))
                    .isEqualTo(1);
            assertThatThrownBy(() -> statement.executeQuery("select * from SECRET_NOTES"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void anIniNamesTheInstallations() throws Exception {
        Path ini = directory.resolve("zedmed.ini");
        ZedmedIni.write(
                ini, List.of(new ZedmedIni.Installation("One", "127.0.0.1/3050:/a.fdb", "127.0.0.1/3050:/b.fdb")));
        assertThat(Files.readAllLines(ini)).contains("[One]", "PatientDatabase=127.0.0.1/3050:/a.fdb");
    }

    @Test
    void aChildEndsWhenItsGraceIsOverAndIsReapedAfterACrash() throws Exception {
        // Given a child that ignores the request to end
        Path pidFile = directory.resolve("child.pid");
        ChildProcess child = ChildProcess.start(new ChildProcess.Spec(
                "stubborn",
                List.of("/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"),
                Map.of(),
                directory,
                directory.resolve("child.log"),
                ChildProcess.StopSignal.TERM,
                Duration.ofMillis(300),
                pidFile));
        // When
        long pid = child.pid();
        child.stop();
        // Then
        assertGone(pid);
        assertThat(pidFile).doesNotExist();
        assertThat(ChildProcess.reap(pidFile, Duration.ofSeconds(1))).isFalse();
    }

    private static void assertGone(long pid) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .isEmpty());
    }

    private static Admin admin(EmbeddedKafka kafka) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return Admin.create(properties);
    }

    private static String single(Connection connection, String sql) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
