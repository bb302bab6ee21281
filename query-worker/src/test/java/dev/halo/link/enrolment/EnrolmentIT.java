package dev.halo.link.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.cloud.FakeCloud;
import dev.halo.link.cloud.FakeSession;
import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.site.SiteStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentIT {

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

    @Test
    void enrolsAnnouncesAndKeepsItsIdentity() throws Exception {
        // Given
        link.ready();
        UUID site = link.siteId();
        link.link.close();
        int announced = link.cloud.announcements.size();

        // When
        link.start();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.announcements.size() > announced);
        assertThat(link.cloud.sites())
                .singleElement()
                .extracting(AnnouncedSite::siteId, AnnouncedSite::databaseId)
                .containsExactly(site, "ID1");
        assertThat(link.cloud.secretsUsed).doesNotHaveDuplicates();
        assertThat(link.link.credentials().current().orElseThrow().linkId()).isEqualTo(link.cloud.linkId);
    }

    @Test
    void saysThatTheTokenWasRefusedAndTakesAnotherOne() throws Exception {
        // Given
        link.with("enrolment-token", "prod_wrong").start();
        await().atMost(LinkHarness.LONG)
                .until(() -> link.link.enrolment().state().message().contains("used or unknown"));

        // When
        RegistryState state = link.link
                .enrolment()
                .enrol(FakeCloud.ENROLMENT_TOKEN)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);

        // Then
        assertThat(state.isGood()).isTrue();
        link.awaitSession();
    }

    @Test
    void runsWithoutATokenAndSaysSo() {
        // When
        link.with("enrolment-token", "").start();

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() -> link.link.enrolment().state().message().contains("there is no enrolment token"));
        await().atMost(LinkHarness.LONG).until(() -> !link.link.sites().served().isEmpty());
    }

    @Test
    void outlivesARegistryThatIsDown() {
        // Given
        link.cloud.registryStatus = 503;
        link.start();
        await().atMost(LinkHarness.LONG)
                .until(() -> link.link.enrolment().state().message().contains("503"));

        // When
        link.cloud.registryStatus = 200;

        // Then
        link.awaitSession();
        assertThat(link.link.enrolment().state().isGood()).isTrue();
    }

    @Test
    void makesANewGuidWhereAnotherLinkOwnsIt() throws Exception {
        // Given
        link.ready();
        UUID old = link.siteId();

        // When
        link.cloud.siteResult = site -> site.siteId().equals(old)
                ? new SiteResult(site.siteId(), SiteStatus.INITIALISING, false, "taken", true)
                : site;
        link.ini("[Main]\nPatientDatabase=main.fdb\n");

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sites().stream()
                .noneMatch(site -> site.siteId().equals(old)));
        await().atMost(LinkHarness.LONG).until(() -> link.link.authority().mayServe(link.siteId()));
        assertThat(link.link.enablement().login(link.siteId(), link.integrator)).isPresent();
        assertThat(link.run(link.request(ExecutionMode.READER, "select 1")).outcome())
                .isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void correctsAClockThatIsWrongByAnHour() throws Exception {
        // Given
        link.cloud.clockAhead = Duration.ofHours(1);

        // When
        link.ready();

        // Then
        assertThat(link.link.clock().isWrong()).isTrue();
        assertThat(Math.abs(link.link.clock().offsetMillis() + 3_600_000)).isLessThan(20_000);
        assertThat(link.run(link.request(ExecutionMode.READER, "select 1")).outcome())
                .isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void keepsNoSecretInTheClear() throws Exception {
        // Given
        link.ready();

        // When, Then
        try (var files = Files.walk(directory.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(content).as(file.toString()).doesNotContain(link.cloud.token(), "planted-secret");
            }
        }
    }

    @Test
    void saysThatItIsOfTheOtherEnvironmentAndGoesOn() {
        // Given
        link.cloud.registryStatus = 403;
        link.cloud.registryMessage = "This token is for stage, the Link is installed for production.";

        // When
        link.start();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.link
                .enrolment()
                .state()
                .message()
                .contains("the enrolment token was refused; the registry answered 403: This token is for stage"));
        await().atMost(LinkHarness.LONG).until(() -> !link.link.sites().served().isEmpty());
    }

    @Test
    void saysWhatToDoWhenItWasTakenForACopy() throws Exception {
        // Given
        link.ready();
        link.cloud.registryStatus = 403;
        link.cloud.registryMessage = "A retired secret was used: perhaps the machine was copied.";

        // When
        link.link.enrolment().renewSoon();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.link
                .enrolment()
                .state()
                .message()
                .contains("A retired secret was used: perhaps the machine was copied. - this Link is not trusted"));
        assertThat(link.link.enrolment().state().message()).contains("stop the copy", "query-worker uninstall");
        assertThat(link.link.session().state().isOpen()).isTrue();
    }

    @Test
    void leavesInOrderAndComesBackOnlyWithAnotherToken() throws Exception {
        // Given
        link.ready();
        FakeSession session = link.session();

        // When
        RegistryState state =
                link.link.enrolment().leave(false).toCompletableFuture().get(20, TimeUnit.SECONDS);

        // Then
        assertThat(state.message()).contains("was uninstalled");
        assertThat(link.cloud.uninstalls).isEqualTo(1);
        await().atMost(LinkHarness.LONG)
                .until(() -> session.first(Frame.Goodbye.class).isPresent());
        assertThat(link.link.credentials().current()).isEmpty();
        assertThat(directory.resolve("data/credentials.sealed")).doesNotExist();
        assertThat(link.link.authority().mayServe(link.siteId())).isFalse();
        link.cloud.enrolled = false;
        link.link
                .enrolment()
                .enrol(FakeCloud.ENROLMENT_TOKEN)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        await().atMost(LinkHarness.LONG).until(() -> link.session() != session);
        link.awaitSession();
    }

    @Test
    void leavesWithoutTheRegistryOnlyWhereItIsTold() throws Exception {
        // Given
        link.ready();
        link.cloud.registryStatus = 503;

        // When
        CompletableFuture<RegistryState> refused =
                link.link.enrolment().leave(false).toCompletableFuture();

        // Then
        assertThat(refused).failsWithin(LinkHarness.LONG).withThrowableThat().withMessageContaining("503");
        assertThat(link.link.credentials().current()).isPresent();
        link.link.enrolment().leave(true).toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(link.link.credentials().current()).isEmpty();
    }
}
