package dev.halo.systemtests.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.DemoPractice;
import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong at the practice: the Link stays, says it, serves the rest, and recovers by itself. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 2)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstallationsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Map<String, String> WATCHFUL = Map.of(
            "halo.link.sites.probe-every", "PT1S",
            "halo.link.sites.retry-every", "PT1S",
            "halo.link.firebird.site-verification", "1S",
            "halo.link.firebird.max-lifetime", "1S");

    private final SuiteUnderTest suite;
    private final Demo demo;

    @TempDir
    private Path folder;

    InstallationsIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @BeforeAll
    void watchClosely() {
        suite.restart(ServiceName.LINK, WATCHFUL);
        suite.awaitOnline();
        suite.integratorA().pairSite(demo.databaseId2());
    }

    @AfterAll
    void watchAsUsual() {
        suite.restart(ServiceName.LINK, Map.of());
        suite.awaitOnline();
    }

    @AfterEach
    void bothAreBack() {
        suite.firebird().start();
        await().atMost(SOON).until(() -> runs(demo.siteId()) && runs(demo.siteId2()));
    }

    @Test
    void anIniIsReadWhenItCanBeAndOneBadInstallationDoesNotStopTheOthers() throws IOException {
        // Given
        Path ini = folder.resolve("later.ini");

        // When it is missing
        suite.restart(ServiceName.LINK, with("halo.link.zedmed.ini", ini.toString()));

        // Then
        await().atMost(SOON).until(() -> linesOf("later.ini") > 0);
        assertThat(suite.isAlive(ServiceName.LINK)).isTrue();

        // When it cannot be read
        long said = linesOf("later.ini");
        Files.createDirectory(ini);

        // Then
        await().atMost(SOON).until(() -> linesOf("later.ini") > said);
        assertThat(suite.isAlive(ServiceName.LINK)).isTrue();

        // When it is there, half of it wrong
        Files.delete(ini);
        Files.writeString(
                ini,
                "this line is none\r\n[No databases]\r\nOther=1\r\n\r\n[Gone]\r\nPatientDatabase=" + missingDatabase()
                        + "\r\n\r\n" + Files.readString(suite.zedmedIni()));

        // Then
        await().atMost(SOON).until(() -> linesOf("No databases") > 0 && linesOf("Gone") > 0);
        await().atMost(SOON).until(() -> runs(demo.siteId()) && runs(demo.siteId2()));
        assertThat(suite.isAlive(ServiceName.LINK)).isTrue();
    }

    @Test
    void aWrongCredentialAndAServerThatIsDownAreSaidAndTheLinkRecovers() {
        // When
        suite.restart(ServiceName.LINK, with("halo.link.discovery.password", "not-the-password"));

        // Then
        await().atMost(SOON).until(() -> linesOf("LOGIN_REFUSED") > 0);
        assertThat(suite.isAlive(ServiceName.LINK)).isTrue();
        assertThat(runs(demo.siteId())).isFalse();

        // When the credential is right again but Firebird is down
        long said = linesOf("DATABASE_DOWN");
        suite.firebird().stop();
        suite.restart(ServiceName.LINK, WATCHFUL);

        // Then
        await().atMost(SOON).until(() -> linesOf("DATABASE_DOWN") > said);
        assertThat(suite.isAlive(ServiceName.LINK)).isTrue();

        // When Firebird comes, then all is well
        suite.firebird().start();
        await().atMost(SOON).until(() -> runs(demo.siteId()) && runs(demo.siteId2()));
    }

    @Test
    void aDatabaseSwappedUnderAGuidIsNotQueriedByIt() {
        // Given
        assertThat(runs(demo.siteId2())).isTrue();

        // When
        second().setSystemValue(suite.firebird(), "DATABASE_ID", "swapped-in");

        // Then
        try {
            await().atMost(SOON).until(() -> !runs(demo.siteId2()));
            assertThat(runs(demo.siteId())).isTrue();
        } finally {
            second().setSystemValue(suite.firebird(), "DATABASE_ID", second().databaseId());
        }
        await().atMost(SOON).until(() -> runs(demo.siteId2()));
    }

    @Test
    void aLicenceOfTheOtherEnvironmentIsRefused() {
        // Given
        String licence = suite.practiceServer()
                .texts("select SETTING_VALUE from ZEDMED_SYSTEM where SETTING_KEY = 'LICENCE_KIND'")
                .get(0);
        assertThat(runs(demo.siteId2())).isTrue();

        // When
        second().setSystemValue(
                        suite.firebird(), "LICENCE_KIND", licence.equals("STANDARD") ? "DEVELOPER" : "STANDARD");

        // Then
        try {
            await().atMost(SOON).until(() -> !runs(demo.siteId2()));
            assertThat(runs(demo.siteId())).isTrue();
        } finally {
            second().setSystemValue(suite.firebird(), "LICENCE_KIND", licence);
        }
        await().atMost(SOON).until(() -> runs(demo.siteId2()));
    }

    @Test
    void aPracticeThatChangesItsNameIsShownWithTheNewOne() {
        // Given
        String name = second().name();
        assertThat(runs(demo.siteId2())).isTrue();

        // When
        second().setSystemValue(suite.firebird(), "PRACTICE_NAME", "Renamed Practice");

        // Then
        try {
            await().atMost(SOON).until(() -> practiceName().equals("Renamed Practice"));
        } finally {
            second().setSystemValue(suite.firebird(), "PRACTICE_NAME", name);
        }
        await().atMost(SOON).until(() -> practiceName().equals(name));
    }

    private String practiceName() {
        return suite.integratorA()
                .site(demo.siteId2())
                .json()
                .path("practiceMetadata")
                .path("practiceName")
                .asText();
    }

    private boolean runs(Object siteId) {
        Answer answer = suite.integratorA().immediate(siteId, QueryBody.sql("select count(*) from PATIENTS"));
        return answer.status() == 200;
    }

    private long linesOf(String what) {
        return suite.log(ServiceName.LINK)
                .lines()
                .filter(line -> line.contains(what))
                .count();
    }

    private DemoPractice second() {
        return suite.practices().get(1);
    }

    private String missingDatabase() {
        return suite.firebird()
                .connectionString(suite.firebird().dataDirectory().resolve("no-such-database.fdb"));
    }

    private static Map<String, String> with(String key, String value) {
        Map<String, String> all = new TreeMap<>(WATCHFUL);
        all.put(key, value);
        return all;
    }
}
