package dev.halo.registry.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.AuthorityFacts;
import dev.halo.registry.Parallel;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is authoritative when servers are copied, moved, installed again and removed. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class SwitchIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private AuthorityFacts facts;
    private final String pmsId = RegistryClient.pmsId();
    private final UUID oldSite = UUID.randomUUID();
    private final UUID newSite = UUID.randomUUID();

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
        facts = new AuthorityFacts(suite);
    }

    @Test
    void aBackupServerWithACopyIsNotAuthoritative() throws SQLException {
        // Given
        link(oldSite);

        // When
        EnrolResponse backup = client.enrol(pmsId);
        SiteResult copy = client.announce(backup.token(), RegistryClient.site(newSite, pmsId))
                .sites()
                .get(0);

        // Then
        assertThat(copy).isEqualTo(new SiteResult(newSite, SiteStatus.ACTIVE, false, null, false, 1));
        assertThat(facts.site(pmsId)).isEqualTo(oldSite);
    }

    @Test
    void aMigrationToANewServerIsSeenBeforehandAndRecorded() throws SQLException {
        // Given
        EnrolResponse before = link(oldSite);
        EnrolResponse after = link(newSite);

        // When
        String fingerprint = client.preview(before.linkId(), after.linkId())
                .statusCode(200)
                .body("moves", hasSize(1))
                .body("moves[0].pmsId", equalTo(pmsId))
                .body("moves[0].practiceName", equalTo("Practice " + pmsId))
                .body("moves[0].fromSiteId", equalTo(oldSite.toString()))
                .body("moves[0].toSiteId", equalTo(newSite.toString()))
                .body("stays", empty())
                .body("leftWithout", empty())
                .extract()
                .path("fingerprint");
        String switchId = client.trySwitch(before.linkId(), after.linkId(), fingerprint)
                .statusCode(200)
                .body("by", equalTo("alice@example.org"))
                .body("reason", equalTo("it was moved"))
                .body("confirmation.state", equalTo("notConnected"))
                .body("leftWithout", empty())
                .extract()
                .path("switchId");

        // Then
        assertThat(facts.site(pmsId)).isEqualTo(newSite);
        client.as("support")
                .queryParam("pmsId", pmsId)
                .get("/admin/v1/authority/history")
                .then()
                .statusCode(200)
                .body("changes.cause", contains("switched", "first"))
                .body("changes[0].actor", equalTo("alice@example.org"))
                .body("changes[0].reason", equalTo("it was moved"))
                .body("changes[0].switchId", equalTo(switchId))
                .body("changes[0].fromSiteId", equalTo(oldSite.toString()))
                .body("changes[0].toSiteId", equalTo(newSite.toString()));
        client.as("auditor")
                .queryParam("subjectId", "Zedmed:" + pmsId)
                .get("/admin/v1/audit")
                .then()
                .body("entries.action", contains("AUTHORITY_SWITCHED", "AUTHORITY_ASSIGNED"))
                .body("entries[0].reason", equalTo("it was moved"));
        // And the old server, which comes back, stays what it is
        assertThat(client.announce(before.token(), RegistryClient.site(oldSite, pmsId))
                        .sites()
                        .get(0)
                        .authoritative())
                .isFalse();
    }

    @Test
    void aReinstallWaitsForTheOperator() throws SQLException {
        // Given the same server, installed again: a new Link, new GUIDs
        EnrolResponse first = link(oldSite);
        EnrolResponse second = link(newSite);
        assertThat(facts.site(pmsId)).isEqualTo(oldSite);

        // When
        client.switchNow(first.linkId(), second.linkId()).statusCode(200);
        client.retire("links", first.linkId(), "uninstalled").statusCode(200).body("leftWithout", empty());

        // Then
        assertThat(facts.site(pmsId)).isEqualTo(newSite);
        client.operator()
                .get("/admin/v1/sites/{id}", oldSite)
                .then()
                .body("status", equalTo("uninstalled"))
                .body("linkStatus", equalTo("removed"));
    }

    @Test
    void ofThreePracticesTheTwoThatAreSharedMoveTogether() throws SQLException {
        // Given
        String second = RegistryClient.pmsId();
        String third = RegistryClient.pmsId();
        UUID[] before = {UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID()};
        UUID[] after = {UUID.randomUUID(), UUID.randomUUID()};
        EnrolResponse three = client.enrol(pmsId, second, third);
        client.announce(
                three.token(),
                RegistryClient.site(before[0], pmsId),
                RegistryClient.site(before[1], second),
                RegistryClient.site(before[2], third));
        EnrolResponse two = client.enrol(pmsId, second);
        client.announce(two.token(), RegistryClient.site(after[0], pmsId), RegistryClient.site(after[1], second));

        // When
        client.preview(three.linkId(), two.linkId())
                .statusCode(200)
                .body("moves", hasSize(2))
                .body("moves.pmsId", hasItems(pmsId, second))
                .body("moves.fromSiteId", hasItems(before[0].toString(), before[1].toString()))
                .body("stays.pmsId", contains(third))
                .body("leftWithout", empty());
        client.switchNow(three.linkId(), two.linkId()).statusCode(200).body("moves", hasSize(2));

        // Then
        assertThat(facts.site(pmsId)).isEqualTo(after[0]);
        assertThat(facts.site(second)).isEqualTo(after[1]);
        assertThat(facts.site(third)).isEqualTo(before[2]);
        // One transaction: their offsets are next to each other, with no marker of a commit between them
        List<Long> offsets = new TopicReader(suite.bootstrapServers())
                .records(Topic.AUTHORITY).stream()
                        .filter(record -> {
                            UUID site = Json.read(record.value(), AuthorityRecord.class)
                                    .siteId();
                            return after[0].equals(site) || after[1].equals(site);
                        })
                        .map(record -> record.offset())
                        .toList();
        assertThat(offsets).hasSize(2);
        assertThat(offsets.get(1) - offsets.get(0)).isEqualTo(1);
    }

    @Test
    void whatTheOtherLinkCannotServeDoesNotMove() {
        // Given the second practice is not approved for the new Link
        String second = RegistryClient.pmsId();
        EnrolResponse before = client.enrol(pmsId, second);
        UUID stuck = UUID.randomUUID();
        client.announce(
                before.token(), RegistryClient.site(oldSite, pmsId), RegistryClient.site(UUID.randomUUID(), second));
        EnrolResponse after = client.enrol(pmsId);
        client.announce(after.token(), RegistryClient.site(newSite, pmsId), RegistryClient.site(stuck, second));

        // When
        var preview = client.preview(before.linkId(), after.linkId()).statusCode(200);

        // Then
        preview.body("moves.pmsId", contains(pmsId))
                .body("notMovable.siteId", contains(stuck.toString()))
                .body("notMovable[0].problem", containsString("an operator must approve"));
        // And when the old Link is not trusted any more, nobody can query what stays there
        client.operator()
                .body(RegistryClient.because("perhaps a copy"))
                .post("/admin/v1/links/{id}/suspend", before.linkId())
                .then()
                .statusCode(200);
        client.preview(before.linkId(), after.linkId())
                .body("leftWithout.pmsId", contains(second))
                .body("leftWithout[0].problem", equalTo("Its Link is suspended."));
    }

    @Test
    void aChangeSinceThePreviewIsNamedAndNothingMoves() throws SQLException {
        // Given
        EnrolResponse before = link(oldSite);
        EnrolResponse after = link(newSite);
        EnrolResponse other = link(UUID.randomUUID());
        String seen = client.preview(before.linkId(), after.linkId()).extract().path("fingerprint");
        client.switchNow(before.linkId(), other.linkId()).statusCode(200);

        // When
        var refused = client.trySwitch(before.linkId(), after.linkId(), seen);

        // Then
        refused.statusCode(412).body("error.message", containsString(pmsId));
        assertThat(facts.published(pmsId)).hasSize(2);
        client.trySwitch(before.linkId(), after.linkId(), "0".repeat(32)).statusCode(412);
        client.trySwitch(before.linkId(), after.linkId(), null)
                .statusCode(400)
                .body("error.message", containsString("fingerprint: is required"));
        client.switchNow(before.linkId(), after.linkId())
                .statusCode(409)
                .body("error.message", containsString("nothing to move"));
    }

    @Test
    void theEntityTagOfThePreviewIsItsFingerprint() {
        // Given
        EnrolResponse before = link(oldSite);
        EnrolResponse after = link(newSite);
        String tag = client.preview(before.linkId(), after.linkId()).extract().header("ETag");

        // When
        client.operator()
                .header("If-None-Match", tag)
                .queryParam("fromLinkId", before.linkId())
                .queryParam("toLinkId", after.linkId())
                .get("/admin/v1/authority/preview")
                .then()
                .statusCode(304);
        var made = client.operator()
                .header("If-Match", tag)
                .body(Map.of("fromLinkId", before.linkId(), "toLinkId", after.linkId(), "reason", "moved"))
                .post("/admin/v1/authority/switches")
                .then();

        // Then
        made.statusCode(200).body("moves.toSiteId", contains(newSite.toString()));
    }

    @Test
    void whoCannotGainGainsNothing() {
        // Given
        EnrolResponse before = link(oldSite);
        EnrolResponse after = link(newSite);

        // When / Then
        client.preview(before.linkId(), before.linkId()).statusCode(400);
        client.preview(UUID.randomUUID(), after.linkId()).statusCode(404);
        client.preview(before.linkId(), UUID.randomUUID()).statusCode(404);
        client.operator()
                .body(RegistryClient.because("perhaps a copy"))
                .post("/admin/v1/links/{id}/suspend", after.linkId())
                .then()
                .statusCode(200);
        client.preview(before.linkId(), after.linkId())
                .statusCode(409)
                .body("error.message", containsString("suspended"));
    }

    @Test
    void ofManyThatSwitchAtOnceOneDoes() throws SQLException {
        // Given
        EnrolResponse before = link(oldSite);
        EnrolResponse after = link(newSite);
        String seen = client.preview(before.linkId(), after.linkId()).extract().path("fingerprint");

        // When
        List<Integer> answers = Parallel.run(10, i -> client.trySwitch(before.linkId(), after.linkId(), seen)
                .extract()
                .statusCode());

        // Then
        assertThat(answers).containsOnlyOnce(200);
        assertThat(answers.stream().filter(status -> status == 412)).hasSize(9);
        assertThat(facts.published(pmsId)).hasSize(2);
        facts.neverTwo(List.of(pmsId));
    }

    @Test
    void aDatabaseWhosePmsIdChangesIsAnotherSite() throws SQLException {
        // Given
        String other = RegistryClient.pmsId();
        EnrolResponse link = client.enrol(pmsId, other);
        client.announce(link.token(), RegistryClient.site(oldSite, pmsId));

        // When the Link says so under the same Halo GUID, and then under the new one it was told to make
        SiteResult same = client.announce(link.token(), RegistryClient.site(oldSite, other))
                .sites()
                .get(0);
        SiteResult another = client.announce(link.token(), RegistryClient.site(newSite, other))
                .sites()
                .get(0);

        // Then
        assertThat(same.newGuidNeeded()).isTrue();
        assertThat(another).isEqualTo(new SiteResult(newSite, SiteStatus.ACTIVE, true, null, false, 1));
        assertThat(facts.site(other)).isEqualTo(newSite);
        assertThat(facts.site(pmsId)).isEqualTo(oldSite);
        client.operator()
                .get("/admin/v1/sites/{id}", oldSite)
                .then()
                .body("pmsId", equalTo(pmsId))
                .body("announced", equalTo(false));
    }

    private EnrolResponse link(UUID siteId) {
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
        return link;
    }
}
