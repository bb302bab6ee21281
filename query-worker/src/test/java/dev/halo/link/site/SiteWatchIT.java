package dev.halo.link.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.installation.IniProblem;
import dev.halo.link.site.SiteState.Reason;
import dev.halo.link.site.SiteState.Unusable;
import dev.halo.link.site.SiteState.Usable;
import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteWatchIT {

    @TempDir
    private Path directory;

    private LinkHarness link;

    @BeforeEach
    void prepare() throws Exception {
        link = new LinkHarness(directory);
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
    }

    private SiteState state(String section) {
        return link.link.sites().state(section).orElse(null);
    }

    private void awaitUnusable(String section, Reason reason) {
        await().atMost(LinkHarness.LONG)
                .until(() -> state(section) instanceof Unusable unusable && unusable.reason() == reason);
    }

    @Test
    void recoversWhenTheIniIsRepaired() throws Exception {
        // Given
        Files.delete(link.ini);
        link.start();
        await().atMost(LinkHarness.LONG)
                .until(() -> link.link.sites().iniProblems().stream().anyMatch(IniProblem.Missing.class::isInstance));

        // When
        link.ini("[Main]\nPatientDatabase=main.fdb\n");

        // Then
        link.awaitSession();
        assertThat(link.link.sites().iniProblems()).hasOnlyElementsOfType(IniProblem.NoDocumentDatabase.class);
    }

    @Test
    void servesTheOthersWhereOneInstallationIsBad() throws Exception {
        // Given
        link.ini(
                "[Main]\nPatientDatabase=main.fdb\n[Down]\nPatientDatabase=down.fdb\n[Wrong]\nPatientDatabase=ftp://x\n");

        // When
        link.start();

        // Then
        awaitUnusable("Down", Reason.DATABASE_DOWN);
        assertThat(state("Main")).isInstanceOf(Usable.class);
        assertThat(state("Wrong")).isNull();
        link.awaitSession();
    }

    @Test
    void comesUpWithADatabaseThatIsDownAndRecoversByItself() {
        // Given
        var facts = link.databases.facts.remove("main.fdb");
        link.start();
        awaitUnusable("Main", Reason.DATABASE_DOWN);

        // When
        link.databases.facts.put("main.fdb", facts);

        // Then
        link.awaitSession();
        assertThat(state("Main")).isInstanceOf(Usable.class);
    }

    @Test
    void keepsASiteAnnouncedWhileItsDatabaseIsDown() throws Exception {
        // Given
        link.ready();
        UUID site = link.siteId();
        var facts = link.databases.facts.remove("main.fdb");

        // When
        QueryRequest request = link.request(ExecutionMode.READER, "select 1");
        link.send(request);
        QueryFailure failure = link.failure(request.queryId());
        awaitUnusable("Main", Reason.DATABASE_DOWN);

        // Then
        assertThat(failure.type()).isEqualTo(ErrorType.FBSQL);
        assertThat(link.cloud.sites())
                .extracting(announced -> announced.siteId())
                .containsExactly(site);
        link.databases.facts.put("main.fdb", facts);
        assertThat(link.run(link.request(ExecutionMode.READER, "select 1")).outcome())
                .isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void closesASiteWhoseDatabaseWasSwapped() throws Exception {
        // Given
        link.ready();
        UUID old = link.siteId();
        link.databases.practice("main.fdb", "ID2", "STANDARD");
        QueryRequest request = link.request(ExecutionMode.READER, "select 1");

        // When
        link.send(request);

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.SITE_SUPERSEDED))
                .isTrue();
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sites().stream()
                .anyMatch(site -> site.databaseId().equals("ID2")
                        && !site.siteId().equals(old)
                        && site.enabledIntegrators().isEmpty()));
        assertThat(link.databases.revoked).anyMatch(entry -> entry.startsWith(old.toString()));
    }

    @Test
    void refusesADeveloperLicenceInProduction() {
        // Given
        link.databases.practice("main.fdb", "DEVELOPER", "DEVELOPER");

        // When
        link.start();

        // Then
        awaitUnusable("Main", Reason.WRONG_ENVIRONMENT);
        assertThat(link.link.sites().served()).isEmpty();
    }

    @Test
    void refusesAPracticesLicenceOnStage() {
        // When
        link.with("environment", "stage").start();

        // Then
        awaitUnusable("Main", Reason.WRONG_ENVIRONMENT);
    }

    @Test
    void givesADeveloperDatabaseAFakeId() {
        // Given
        link.databases.practice("main.fdb", "DEVELOPER", "developer");

        // When
        link.with("environment", "stage").start();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> !link.cloud.sites().isEmpty());
        var site = link.cloud.sites().get(0);
        assertThat(site.databaseId()).isEqualTo(site.siteId().toString().substring(0, 8));
    }

    @Test
    void refusesTheSharedIdWithAPracticesLicence() {
        // Given
        link.databases.practice("main.fdb", "developer", "STANDARD");

        // When
        link.start();

        // Then
        awaitUnusable("Main", Reason.SHARED_ID);
    }

    @Test
    void refusesALicenceThatItDoesNotKnow() {
        // Given
        link.databases.practice("main.fdb", "ID1", "TRIAL");

        // When
        link.start();

        // Then
        awaitUnusable("Main", Reason.LICENCE_UNKNOWN);
    }

    @Test
    void announcesWhatItKnewWhenTheIniCannotBeReadAtTheNextStart() throws Exception {
        // Given
        link.ready();
        UUID site = link.siteId();
        link.link.close();
        Files.delete(link.ini);
        int announced = link.cloud.announcements.size();

        // When
        link.start();

        // Then
        awaitUnusable("Main", Reason.INI_UNREADABLE);
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.announcements.size() > announced);
        assertThat(link.cloud.sites()).extracting(known -> known.siteId()).containsExactly(site);
        assertThat(link.link.sites().served()).isEmpty();
    }
}
