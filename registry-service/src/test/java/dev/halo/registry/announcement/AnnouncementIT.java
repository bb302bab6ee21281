package dev.halo.registry.announcement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.Parallel;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of announcements in the database and in the topics. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class AnnouncementIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private TopicReader topics;
    private final String pmsId = RegistryClient.pmsId();
    private final UUID siteId = UUID.randomUUID();

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
        topics = new TopicReader(suite.bootstrapServers());
    }

    @Test
    void theSameAgainPublishesNothing() {
        // Given
        EnrolResponse link = client.enrol(pmsId);
        UUID integrator = UUID.randomUUID();
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, integrator));

        // When
        List<SiteResult> again = client.announce(link.token(), RegistryClient.site(siteId, pmsId, integrator))
                .sites();

        // Then
        assertThat(again).containsExactly(new SiteResult(siteId, SiteStatus.ACTIVE, true, null, false, 1));
        assertThat(sites(siteId)).hasSize(1);
        assertThat(authority(pmsId)).hasSize(1);
        assertThat(enablements(integrator)).hasSize(1);
    }

    @Test
    void aChangedNameIsPublishedWithTheNextVersion() {
        // Given
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));

        // When
        client.announce(link.token(), named("Renamed Practice"));

        // Then
        assertThat(sites(siteId))
                .extracting(SiteRecord::practiceName)
                .containsExactly("Practice " + pmsId, "Renamed Practice");
        assertThat(sites(siteId)).extracting(SiteRecord::version).containsExactly(1L, 2L);
    }

    @Test
    void aPmsIdThatTheEnrolmentDoesNotNameWaitsForAnOperator() {
        // Given
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        SiteResult refused = client.announce(link.token(), RegistryClient.site(siteId, pmsId))
                .sites()
                .get(0);

        // When
        client.operator()
                .body(Map.of("pmsIds", List.of(pmsId), "reason", "the practice bought another one"))
                .post("/admin/v1/links/{id}/entitlements", link.linkId())
                .then()
                .statusCode(200);
        SiteResult approved = client.announce(link.token(), RegistryClient.site(siteId, pmsId))
                .sites()
                .get(0);

        // Then
        assertThat(refused.status()).isEqualTo(SiteStatus.INITIALISING);
        assertThat(refused.problem()).contains("an operator must approve");
        assertThat(refused.authoritative()).isFalse();
        assertThat(approved).isEqualTo(new SiteResult(siteId, SiteStatus.ACTIVE, true, null, false, 1));
        assertThat(sites(siteId))
                .extracting(SiteRecord::status)
                .containsExactly(SiteStatus.INITIALISING, SiteStatus.ACTIVE);
        assertThat(authority(pmsId)).hasSize(1);
    }

    @Test
    void aDeveloperLicenceIsRefusedInProduction() {
        // Given
        EnrolResponse link = client.enrol(pmsId);
        AnnouncedSite developer = new AnnouncedSite(
                siteId, PmsType.ZEDMED, pmsId, "P", "38", LicenceKind.DEVELOPER, List.of(), List.of());

        // When
        SiteResult result = client.announce(link.token(), developer).sites().get(0);

        // Then
        assertThat(result.status()).isEqualTo(SiteStatus.INITIALISING);
        assertThat(result.problem()).contains("stage only");
        assertThat(authority(pmsId)).isEmpty();
    }

    @Test
    void theSharedDeveloperIdIsNeverWrittenDown() {
        // Given
        EnrolResponse link = client.enrol(pmsId);

        // When
        SiteResult result = client.announce(link.token(), RegistryClient.site(siteId, "DEVELOPER"))
                .sites()
                .get(0);

        // Then
        assertThat(result.problem()).contains("first eight characters");
        assertThat(sites(siteId)).isEmpty();
    }

    @Test
    void aHaloGuidOfAnotherLinkNeedsANewOne() {
        // Given
        EnrolResponse owner = client.enrol(pmsId);
        EnrolResponse thief = client.enrol(pmsId);
        client.announce(owner.token(), RegistryClient.site(siteId, pmsId));

        // When
        SiteResult result = client.announce(thief.token(), RegistryClient.site(siteId, pmsId))
                .sites()
                .get(0);

        // Then
        assertThat(result.newGuidNeeded()).isTrue();
        assertThat(sites(siteId)).singleElement().satisfies(site -> assertThat(site.linkId())
                .isEqualTo(owner.linkId()));
    }

    @Test
    void anotherDatabaseUnderTheSameHaloGuidNeedsANewOne() {
        // Given
        String other = RegistryClient.pmsId();
        UUID integrator = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId, other);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, integrator));

        // When
        SiteResult result = client.announce(link.token(), RegistryClient.site(siteId, other, integrator))
                .sites()
                .get(0);

        // Then
        assertThat(result.newGuidNeeded()).isTrue();
        assertThat(sites(siteId)).extracting(SiteRecord::pmsId).containsOnly(pmsId);
        assertThat(enablements(integrator))
                .extracting(IntegratorFact.Enablement::active)
                .containsExactly(true, false);
        assertThat(authority(other)).isEmpty();
    }

    @Test
    void aCopyOnTheSameServerWaitsAndTheKnownOneStays() {
        // Given
        UUID copy = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));

        // When
        List<SiteResult> results = client.announce(
                        link.token(), RegistryClient.site(copy, pmsId), RegistryClient.site(siteId, pmsId))
                .sites();

        // Then
        assertThat(results).extracting(SiteResult::siteId).containsExactly(copy, siteId);
        assertThat(results).extracting(SiteResult::status).containsExactly(SiteStatus.INITIALISING, SiteStatus.ACTIVE);
        assertThat(results.get(0).problem()).contains(siteId.toString()).contains("operator must choose");
        assertThat(authority(pmsId)).extracting(AuthorityRecord::siteId).containsExactly(siteId);
    }

    @Test
    void aSiteThatIsMissingStaysButNobodyMayQueryIt() {
        // Given
        UUID integrator = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, integrator));

        // When
        client.announce(link.token());

        // Then
        assertThat(sites(siteId)).hasSize(2).last().satisfies(site -> {
            assertThat(site.status()).isEqualTo(SiteStatus.ACTIVE);
            assertThat(site.problem()).contains("no longer announces");
        });
        assertThat(enablements(integrator))
                .extracting(IntegratorFact.Enablement::active)
                .containsExactly(true, false);
        client.operator()
                .get("/admin/v1/sites/{id}", siteId)
                .then()
                .body("announced", equalTo(false))
                .body("authoritative", equalTo(true));

        // And when it comes back
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, integrator));

        // Then
        assertThat(sites(siteId)).last().satisfies(site -> assertThat(site.problem())
                .isNull());
        assertThat(enablements(integrator))
                .extracting(IntegratorFact.Enablement::version)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void enablementsAreExactlyWhatIsReported() {
        // Given
        UUID stays = UUID.randomUUID();
        UUID goes = UUID.randomUUID();
        UUID comes = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, stays, goes));

        // When
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, stays, comes));

        // Then
        assertThat(enablements(stays))
                .extracting(IntegratorFact.Enablement::active)
                .containsExactly(true);
        assertThat(enablements(goes))
                .extracting(IntegratorFact.Enablement::active)
                .containsExactly(true, false);
        assertThat(enablements(comes))
                .extracting(IntegratorFact.Enablement::active)
                .containsExactly(true);

        // And whoever was enabled anew can be told from who stayed so
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, stays, goes));
        assertThat(enablements(stays)).hasSize(1);
        assertThat(enablements(goes)).hasSize(3).satisfies(facts -> {
            assertThat(facts.get(1).enabledSince()).isNull();
            assertThat(facts.get(2).enabledSince()).isAfter(facts.get(0).enabledSince());
        });
    }

    @Test
    void oneBadSiteDoesNotSpoilTheOthers() {
        // Given
        UUID bad = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId);

        // When
        List<SiteResult> results = client.announce(
                        link.token(),
                        RegistryClient.site(bad, RegistryClient.pmsId()),
                        RegistryClient.site(siteId, pmsId))
                .sites();

        // Then
        assertThat(results).extracting(SiteResult::status).containsExactly(SiteStatus.INITIALISING, SiteStatus.ACTIVE);
    }

    @Test
    void aMalformedAnnouncementNamesTheField() {
        EnrolResponse link = client.enrol(pmsId);
        AnnouncedSite twoDefaults = new AnnouncedSite(
                siteId,
                PmsType.ZEDMED,
                pmsId,
                "P",
                "38",
                LicenceKind.STANDARD,
                List.of(new Catalogue("A", true), new Catalogue("B", true)),
                List.of());
        client.tryAnnounce(link.token(), twoDefaults)
                .statusCode(400)
                .body("error.message", containsString("sites[0].catalogues.isDefault"));
        client.tryAnnounce(link.token(), RegistryClient.site(siteId, ""))
                .statusCode(400)
                .body("error.message", containsString("sites[0].databaseId: must be 1 to 64 characters"));
        client.tryAnnounce(link.token(), RegistryClient.site(siteId, pmsId), RegistryClient.site(siteId, pmsId))
                .statusCode(400)
                .body("error.message", containsString("sites[1].siteId: is announced twice"));
    }

    @Test
    void ofManyLinksThatComeAtOnceOneBecomesAuthoritative() throws SQLException {
        // Given
        int many = 12;
        List<EnrolResponse> links =
                IntStream.range(0, many).mapToObj(i -> client.enrol(pmsId)).toList();

        // When
        List<SiteResult> results = Parallel.run(
                many, i -> client.announce(links.get(i).token(), RegistryClient.site(UUID.randomUUID(), pmsId))
                        .sites()
                        .get(0));

        // Then
        assertThat(results).allSatisfy(result -> assertThat(result.status()).isEqualTo(SiteStatus.ACTIVE));
        SiteResult winner = results.stream()
                .filter(SiteResult::authoritative)
                .reduce((one, another) -> {
                    throw new AssertionError("two are authoritative");
                })
                .orElseThrow();
        assertThat(authority(pmsId)).singleElement().satisfies(authority -> assertThat(authority.siteId())
                .isEqualTo(winner.siteId()));
        try (Connection database = suite.database();
                var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from registry.authority where pms_id = '" + pmsId + "'")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void ofManyLinksThatAnnounceOneHaloGuidAtOnceOneHasIt() {
        // Given
        int many = 10;
        List<EnrolResponse> links =
                IntStream.range(0, many).mapToObj(i -> client.enrol(pmsId)).toList();

        // When
        List<SiteResult> results =
                Parallel.run(many, i -> client.announce(links.get(i).token(), RegistryClient.site(siteId, pmsId))
                        .sites()
                        .get(0));

        // Then
        assertThat(results.stream().filter(result -> !result.newGuidNeeded())).hasSize(1);
        assertThat(sites(siteId)).hasSize(1);
    }

    private AnnouncedSite named(String name) {
        AnnouncedSite site = RegistryClient.site(siteId, pmsId);
        return new AnnouncedSite(
                siteId,
                site.pmsType(),
                pmsId,
                name,
                site.pmsVersion(),
                site.licenceKind(),
                site.catalogues(),
                site.enabledIntegrators());
    }

    private List<SiteRecord> sites(UUID id) {
        return topics.values(Topic.SITES, id.toString(), SiteRecord.class);
    }

    private List<AuthorityRecord> authority(String of) {
        return topics.values(Topic.AUTHORITY, AuthorityRecord.keyOf(PmsType.ZEDMED, of), AuthorityRecord.class);
    }

    private List<IntegratorFact.Enablement> enablements(UUID integrator) {
        return topics
                .values(Topic.INTEGRATORS, IntegratorFact.Enablement.keyOf(integrator, siteId), IntegratorFact.class)
                .stream()
                .map(IntegratorFact.Enablement.class::cast)
                .toList();
    }
}
