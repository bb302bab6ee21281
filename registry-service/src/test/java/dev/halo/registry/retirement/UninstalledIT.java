package dev.halo.registry.retirement;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.AuthorityFacts;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Link takes its leave, and nobody else does so in its name. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class UninstalledIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private EnrolResponse link;
    private final String pmsId = RegistryClient.pmsId();
    private final UUID siteId = UUID.randomUUID();

    @BeforeEach
    void link() {
        client = new RegistryClient(suite);
        link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
    }

    @Test
    void itsSitesAreUninstalledAndItsPmsIdsHaveNone() throws SQLException {
        // When
        leave(link.token()).statusCode(204);
        leave(link.token()).statusCode(204);

        // Then
        assertThat(new TopicReader(suite.bootstrapServers()).values(Topic.SITES, siteId.toString(), SiteRecord.class))
                .last()
                .satisfies(site -> {
                    assertThat(site.status()).isEqualTo(SiteStatus.UNINSTALLED);
                    assertThat(site.linkStatus()).isEqualTo(LinkStatus.REMOVED);
                });
        assertThat(new AuthorityFacts(suite).site(pmsId)).isNull();
        client.tryAnnounce(link.token()).statusCode(403);
        client.as("auditor")
                .queryParam("subjectId", link.linkId())
                .queryParam("actor", link.linkId())
                .get("/admin/v1/audit")
                .then()
                .body("entries.action", hasItem("LINK_UNINSTALLED"));
    }

    @Test
    void aSuspendedLinkIsNotBelieved() throws SQLException {
        // Given
        client.operator()
                .body(RegistryClient.because("perhaps a copy"))
                .post("/admin/v1/links/{id}/suspend", link.linkId())
                .then()
                .statusCode(200);

        // When
        leave(link.token()).statusCode(403).body("error.message", containsString("suspended"));

        // Then
        assertThat(new AuthorityFacts(suite).site(pmsId)).isEqualTo(siteId);
    }

    @Test
    void tokensThatAreNotItsOwnAreRefused() throws GeneralSecurityException, SQLException {
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp256r1"));
        var stranger = ec.generateKeyPair().getPrivate();
        Instant now = Instant.now();
        LinkTokens.Signer ours = new LinkTokens.Signer(suite.linkTokenSigner(), Environment.PRODUCTION);

        String forged = new LinkTokens.Signer(stranger, Environment.PRODUCTION).sign(link.linkId(), now);
        String expired = ours.sign(link.linkId(), now.minus(Duration.ofDays(2)));
        String stage = new LinkTokens.Signer(suite.linkTokenSigner(), Environment.STAGE).sign(link.linkId(), now);
        String unknown = ours.sign(UUID.randomUUID(), now);
        String foreign = Jwt.issuer("halo-registry")
                .subject(link.linkId().toString())
                .audience("halo-gateway")
                .claim("env", "production")
                .expiresIn(3600)
                .jws()
                .algorithm(SignatureAlgorithm.ES256)
                .sign(suite.linkTokenSigner());

        leave(forged).statusCode(401).body("error.message", containsString("not valid"));
        leave(expired).statusCode(401).body("error.message", containsString("expired"));
        leave(stage).statusCode(401).body("error.message", containsString("for stage, this is production"));
        leave(foreign).statusCode(401).body("error.message", containsString("not valid"));
        leave(unknown).statusCode(401).body("error.message", containsString("not known"));
        leave(client.token("operator")).statusCode(401);
        client.tryAnnounce(forged).statusCode(401);
        client.tryAnnounce(stage).statusCode(401);
        assertThat(new AuthorityFacts(suite).site(pmsId)).isEqualTo(siteId);
    }

    @Test
    void theOperatorSaysItForALinkThatCannot() {
        client.retire("links", link.linkId(), "uninstalled").statusCode(200);
        client.operator()
                .get("/admin/v1/links/{id}", link.linkId())
                .then()
                .body("status", equalTo("removed"))
                .body("statusReason", equalTo("it is not used any more"));
        client.retire("links", link.linkId(), "burnt")
                .statusCode(400)
                .body("error.message", containsString("as: must be removed or uninstalled"));
    }

    private static ValidatableResponse leave(String token) {
        return given().auth().oauth2(token).delete(LinkApi.REGISTRATION).then();
    }
}
