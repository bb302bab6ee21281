package dev.halo.link.firebird;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.link.firebird.ProbeResult.Failed;
import dev.halo.link.firebird.ProbeResult.Found;
import dev.halo.link.firebird.ProbeResult.Problem;
import dev.halo.link.testing.Settings;
import dev.halo.link.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Link learns of a database, and how it says what it cannot learn. */
class DiscoveryIT {

    @TempDir
    static Path folder;

    private static EmbeddedFirebird server;
    private static TestDatabase database;

    private FirebirdDiscovery discovery;

    @BeforeAll
    static void start() {
        server = EmbeddedFirebird.start(folder, 0);
        database = TestDatabase.create(server, "WIN1252", """
                create table ZEDMED_SYSTEM (SETTING_KEY varchar(40) primary key, SETTING_VALUE varchar(255));
                insert into ZEDMED_SYSTEM values ('DATABASE_ID', 'ZM-1 ');
                insert into ZEDMED_SYSTEM values ('PRACTICE_NAME', 'Caf\u00e9 Clinic');
                insert into ZEDMED_SYSTEM values ('VERSION', '38.1');
                insert into ZEDMED_SYSTEM values ('LICENCE_KIND', 'STANDARD');
                create user DISCOVERY password 'Discover1';
                grant select on ZEDMED_SYSTEM to user DISCOVERY;
                """);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        discovery = discovery("Discover1", Map.of());
    }

    @AfterEach
    void close() {
        discovery.close();
    }

    @Test
    void readsWhatTheDatabaseSaysOfItself() {
        assertThat(discovery.probe(database.site().location()))
                .isEqualTo(new Found(
                        new DatabaseFacts("ZM-1", "Café Clinic", "38.1", "STANDARD", serverVersion(), "WIN1252")));
        assertThat(discovery.ping(database.site().location()))
                .isEqualTo(new Found(new DatabaseFacts(null, null, null, null, serverVersion(), "WIN1252")));
    }

    private static String serverVersion() {
        return database.value("select rdb$get_context('SYSTEM', 'ENGINE_VERSION') from rdb$database");
    }

    @Test
    void keepsOneConnectionUntilTheDatabaseIsForgotten() {
        discovery.probe(database.site().location());
        discovery.probe(database.site().location());
        assertThat(connections()).isEqualTo("1");
        assertThat(database.value("select count(*) from mon$transactions t join mon$attachments a"
                        + " on a.mon$attachment_id = t.mon$attachment_id where a.mon$user = 'DISCOVERY'"))
                .isEqualTo("0");

        discovery.forget(database.site().location());

        assertThat(connections()).isEqualTo("0");
    }

    private static String connections() {
        return database.value("select count(*) from mon$attachments where mon$user = 'DISCOVERY'");
    }

    @Test
    void saysThatNoServerAnswers() {
        assertProblem(
                discovery.probe(new DatabaseLocation("127.0.0.1", 1, "patients")), Problem.SERVER_DOWN, "127.0.0.1:1");
    }

    @Test
    void saysThatTheFileIsMissing() {
        DatabaseLocation missing = DatabaseLocation.parse(
                server.connectionString(server.dataDirectory().resolve("no-such.fdb")));

        assertProblem(discovery.probe(missing), Problem.DATABASE_MISSING, "no-such.fdb");
        assertProblem(
                discovery.probe(new DatabaseLocation("127.0.0.1", server.port(), "no_such_alias")),
                Problem.DATABASE_MISSING,
                "no_such_alias");
    }

    @Test
    void saysThatTheServerMayNotOpenTheFile() {
        DatabaseLocation outside = DatabaseLocation.parse(server.connectionString(folder.resolve("outside.fdb")));

        assertProblem(discovery.probe(outside), Problem.DATABASE_MISSING, "outside.fdb");
    }

    @Test
    void saysThatTheLoginIsRefused() {
        try (FirebirdDiscovery wrong = discovery("wrong", Map.of())) {
            ProbeResult result = wrong.probe(database.site().location());

            assertProblem(result, Problem.LOGIN_REFUSED, "refuses the login");
            assertThat(((Failed) result).message()).doesNotContain("wrong");
        }
    }

    @Test
    void saysThatNoEncryptionCanBeAgreedOn() {
        FirebirdConfig config = Settings.firebird(Map.of("halo.link.firebird.auth-plugins", "Legacy_Auth"));
        try (FirebirdDiscovery legacy =
                new FirebirdDiscovery(config, Settings.probes(Map.of()), Login.of("DISCOVERY", "Discover1"))) {
            ProbeResult result = legacy.probe(database.site().location());

            assertThat(((Failed) result).problem()).isEqualTo(Problem.LOGIN_REFUSED);
        }
    }

    @Test
    void saysWhichProbeFailed() {
        try (FirebirdDiscovery other =
                discovery("Discover1", Map.of("halo.link.probes.version", "select V from NO_SUCH_TABLE"))) {
            assertProblem(other.probe(database.site().location()), Problem.PROBE_FAILED, "version");
        }
        try (FirebirdDiscovery other = discovery(
                "Discover1", Map.of("halo.link.probes.practice-name", "select '' from rdb$database where 1 = 0"))) {
            assertProblem(other.probe(database.site().location()), Problem.PROBE_FAILED, "practice name");
        }
    }

    @Test
    void seesAChange() {
        discovery.probe(database.site().location());
        database.execute("update ZEDMED_SYSTEM set SETTING_VALUE = 'New name' where SETTING_KEY = 'PRACTICE_NAME';");
        try {
            assertThat(((Found) discovery.probe(database.site().location()))
                            .facts()
                            .practiceName())
                    .isEqualTo("New name");
        } finally {
            database.execute(
                    "update ZEDMED_SYSTEM set SETTING_VALUE = 'Caf\u00e9 Clinic' where SETTING_KEY = 'PRACTICE_NAME';");
        }
    }

    @Test
    void seesARightThatIsGrantedAfterARefusal() {
        database.execute("revoke select on ZEDMED_SYSTEM from user DISCOVERY;");
        ProbeResult refused = discovery.probe(database.site().location());
        database.execute("grant select on ZEDMED_SYSTEM to user DISCOVERY;");

        assertProblem(refused, Problem.PROBE_FAILED, "335544352");
        assertThat(discovery.probe(database.site().location())).isInstanceOf(Found.class);
    }

    @Test
    void recoversWhenTheServerIsBack() {
        discovery.probe(database.site().location());

        server.kill();
        ProbeResult down = discovery.probe(database.site().location());
        server.start();

        assertThat(((Failed) down).problem()).isEqualTo(Problem.SERVER_DOWN);
        assertThat(discovery.probe(database.site().location())).isInstanceOf(Found.class);
    }

    private static FirebirdDiscovery discovery(String password, Map<String, String> probes) {
        return new FirebirdDiscovery(
                Settings.firebird(Map.of("halo.link.firebird.connect-timeout", "30S")),
                Settings.probes(probes),
                Login.of("DISCOVERY", password));
    }

    private static void assertProblem(ProbeResult result, Problem problem, String named) {
        assertThat(result).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.problem()).as(failed.message()).isEqualTo(problem);
            assertThat(failed.message()).contains(named);
        });
    }
}
