package dev.halo.registry.retirement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.AuthorityFacts;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a Link or site leaves behind that is taken away. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class RemovalIT {

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
    void aLinkThatIsRemovedLeavesItsPmsIdsWithNone() throws SQLException {
        // Given
        EnrolResponse before = link(oldSite);
        EnrolResponse after = link(newSite);

        // When
        client.operator()
                .get("/admin/v1/links/{id}/retirement", before.linkId())
                .then()
                .statusCode(200)
                .body("leftWithout.pmsId", contains(pmsId))
                .body("leftWithout[0].candidates", contains(after.linkId().toString()));
        client.retire("links", before.linkId(), "removed")
                .statusCode(200)
                .body("leftWithout.pmsId", contains(pmsId))
                .body("leftWithout[0].candidates", contains(after.linkId().toString()));

        // Then nobody is authoritative, also when the other one announces itself again
        assertThat(facts.site(pmsId)).isNull();
        client.announce(after.token(), RegistryClient.site(newSite, pmsId));
        assertThat(facts.site(pmsId)).isNull();
        client.tryRenew(before.linkId(), before.secret()).statusCode(403);
        client.tryAnnounce(before.token()).statusCode(403);
        client.retire("links", before.linkId(), "removed").statusCode(409);

        client.as("support")
                .get("/admin/v1/authority?vacant=true&pmsId=" + pmsId)
                .then()
                .statusCode(200)
                .body("authorities.pmsId", contains(pmsId))
                .body("authorities[0].linkId", nullValue());

        // And when the operator chooses
        client.preview(null, after.linkId())
                .statusCode(200)
                .body("fromLinkId", nullValue())
                .body("moves.pmsId", contains(pmsId));
        client.switchNow(null, after.linkId()).statusCode(200).body("confirmation.state", equalTo("notNeeded"));
        assertThat(facts.site(pmsId)).isEqualTo(newSite);
        client.operator()
                .get("/admin/v1/authority?vacant=true&pmsId=" + pmsId)
                .then()
                .body("authorities", empty());
    }

    @Test
    void aRemovedSiteIsAuthoritativeForNothing() throws SQLException {
        // Given
        EnrolResponse link = link(oldSite);

        // When
        client.retire("sites", oldSite, "removed").statusCode(200).body("leftWithout.pmsId", contains(pmsId));

        // Then
        assertThat(facts.site(pmsId)).isNull();
        SiteResult again = client.announce(link.token(), RegistryClient.site(oldSite, pmsId))
                .sites()
                .get(0);
        assertThat(again.status()).isEqualTo(SiteStatus.REMOVED);
        client.retire("sites", oldSite, "uninstalled").statusCode(409);
        client.retire("sites", UUID.randomUUID(), "removed").statusCode(404);
    }

    private EnrolResponse link(UUID siteId) {
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
        return link;
    }
}
