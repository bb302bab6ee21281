package dev.halo.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.secret.Secrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;

/** From an enrolment token to a paired integrator, and everything of it in Kafka. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class FirstSliceIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    @Test
    void everythingThatAQueryNeedsIsPublished() throws LinkTokens.InvalidToken {
        // Given
        RegistryClient client = new RegistryClient(suite);
        TopicReader topics = new TopicReader(suite.bootstrapServers());
        String pmsId = RegistryClient.pmsId();
        UUID siteId = UUID.randomUUID();
        UUID integratorId = client.createIntegrator("Integrator " + pmsId);
        String key = client.issueKey(integratorId, "PRIMARY");
        EnrolResponse link = client.enrol(pmsId);

        // When
        List<SiteResult> announced = client.announce(link.token(), RegistryClient.site(siteId, pmsId, integratorId))
                .sites();
        client.tryPair(integratorId, siteId).statusCode(200).body("created", Matchers.is(true));
        client.tryPair(integratorId, siteId).statusCode(200).body("created", Matchers.is(false));

        // Then
        assertThat(announced).containsExactly(new SiteResult(siteId, SiteStatus.ACTIVE, true, null, false, 1));
        assertThat(new LinkTokens.Verifier(suite.linkTokenKey(), Environment.PRODUCTION)
                        .verify(link.token())
                        .linkId())
                .isEqualTo(link.linkId());
        assertThat(topics.values(Topic.SITES, siteId.toString(), SiteRecord.class))
                .singleElement()
                .satisfies(site -> {
                    assertThat(site.linkId()).isEqualTo(link.linkId());
                    assertThat(site.status()).isEqualTo(SiteStatus.ACTIVE);
                    assertThat(site.practiceName()).isEqualTo("Practice " + pmsId);
                    assertThat(site.version()).isEqualTo(1);
                });
        assertThat(topics.values(Topic.AUTHORITY, AuthorityRecord.keyOf(PmsType.ZEDMED, pmsId), AuthorityRecord.class))
                .singleElement()
                .satisfies(authority -> {
                    assertThat(authority.linkId()).isEqualTo(link.linkId());
                    assertThat(authority.siteId()).isEqualTo(siteId);
                });
        assertThat(topics.values(Topic.INTEGRATORS, "integrator:" + integratorId, IntegratorFact.Integrator.class))
                .extracting(IntegratorFact.Integrator::version)
                .containsExactly(1L, 2L);
        assertThat(topics.values(Topic.INTEGRATORS, "integrator:" + integratorId, IntegratorFact.Integrator.class)
                        .get(1)
                        .keys())
                .containsExactly(new IntegratorFact.Key(Secrets.sha256(key), IntegratorFact.KeySlot.PRIMARY, false));
        assertThat(key).startsWith("prod_");
        assertThat(topics.values(
                        Topic.INTEGRATORS, IntegratorFact.Enablement.keyOf(integratorId, siteId), IntegratorFact.class))
                .singleElement()
                .isInstanceOfSatisfying(IntegratorFact.Enablement.class, enablement -> {
                    assertThat(enablement.active()).isTrue();
                    assertThat(enablement.enabledSince()).isNotNull();
                    assertThat(enablement.version()).isEqualTo(1);
                });
        assertThat(topics.values(
                        Topic.INTEGRATORS, IntegratorFact.Pairing.keyOf(integratorId, siteId), IntegratorFact.class))
                .containsExactly(new IntegratorFact.Pairing(integratorId, siteId, true, 1));
    }
}
