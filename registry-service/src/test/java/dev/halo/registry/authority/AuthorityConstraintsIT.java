package dev.halo.registry.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.registry.AsyncClient;
import dev.halo.registry.AsyncClient.Answer;
import dev.halo.registry.AuthorityFacts;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No PMS ID ever has two authoritative sites: the database itself refuses it, whatever comes together. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class AuthorityConstraintsIT {

    private static final int AT_ONCE = 200;

    @RegistrySuite.Inject
    RegistrySuite suite;

    private final AsyncClient async = new AsyncClient();
    private RegistryClient client;
    private AuthorityFacts facts;

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
        facts = new AuthorityFacts(suite);
    }

    @Test
    void theDatabaseRefusesWhatMustNotBe() throws SQLException {
        String pmsId = RegistryClient.pmsId();
        String other = RegistryClient.pmsId();
        UUID siteId = UUID.randomUUID();
        UUID otherSite = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId, other);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId), RegistryClient.site(otherSite, other));

        refused("insert into registry.authority values ('ZEDMED', '" + pmsId + "', null, null, now(), 1)", "pkey");
        refused(
                "update registry.authority set site_id = '" + otherSite + "' where pms_id = '" + pmsId + "'",
                "authority_site_of_pms_id");
        refused(
                "update registry.authority set site_id = null where pms_id = '" + pmsId + "'",
                "authority_link_and_site");
        refused(
                "update registry.site set status = 'REMOVED' where site_id = '" + siteId + "'",
                "a site that is gone is authoritative");
    }

    @Test
    void whateverComesTogetherNoPmsIdHasTwo() throws SQLException {
        // Given four Links that serve the same five practices, and an integrator that all of them enabled
        List<String> pmsIds =
                IntStream.range(0, 5).mapToObj(i -> RegistryClient.pmsId()).toList();
        UUID integrator = client.createIntegrator("Integrator " + UUID.randomUUID());
        List<EnrolResponse> links = new ArrayList<>();
        List<UUID> sites = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            links.add(register(pmsIds, integrator, sites));
        }

        // When
        String operator = client.token("operator");
        String service = client.token("service");
        List<CompletableFuture<Integer>> sent = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> switch (i % 4) {
                    case 0 -> register(operator, pmsIds.get(i % 5));
                    case 1 -> pair(service, integrator, sites.get(i % sites.size()));
                    default ->
                        switchOne(
                                operator,
                                links.get(i % 4).linkId(),
                                links.get((i / 4) % 4).linkId());
                })
                .toList();
        List<Integer> answers = sent.stream().map(CompletableFuture::join).toList();

        // Then
        assertThat(answers).isSubsetOf(200, 400, 409, 412, 503);
        assertThat(answers.stream().filter(status -> status == 200)).hasSizeGreaterThan(AT_ONCE / 4);
        settled();
        facts.neverTwo(pmsIds);
    }

    private EnrolResponse register(List<String> pmsIds, UUID integrator, List<UUID> sites) {
        EnrolResponse link = client.enrol(pmsIds.toArray(String[]::new));
        List<UUID> own = pmsIds.stream().map(pmsId -> UUID.randomUUID()).toList();
        sites.addAll(own);
        client.announce(
                link.token(),
                IntStream.range(0, pmsIds.size())
                        .mapToObj(i -> RegistryClient.site(own.get(i), pmsIds.get(i), integrator))
                        .toArray(AnnouncedSite[]::new));
        return link;
    }

    private CompletableFuture<Integer> register(String operator, String pmsId) {
        return async.send("POST", "/admin/v1/enrolment-tokens", operator, Map.of("pmsIds", List.of(pmsId)))
                .thenCompose(issued -> async.send(
                        "POST",
                        LinkApi.ENROL,
                        null,
                        Map.of("enrolmentToken", issued.text("enrolmentToken"), "environment", "production")))
                .thenCompose(link -> async.send(
                        "PUT",
                        LinkApi.SITES,
                        link.text("token"),
                        new Announcement("1.0", List.of(RegistryClient.site(UUID.randomUUID(), pmsId)))))
                .thenApply(Answer::status);
    }

    private CompletableFuture<Integer> pair(String service, UUID integrator, UUID site) {
        return async.send("POST", "/internal/v1/pairings", service, Map.of("integratorId", integrator, "siteId", site))
                .thenApply(Answer::status);
    }

    private CompletableFuture<Integer> switchOne(String operator, UUID from, UUID to) {
        return async.send("GET", "/admin/v1/authority/preview?fromLinkId=" + from + "&toLinkId=" + to, operator, null)
                .thenCompose(preview -> preview.status() != 200
                        ? CompletableFuture.completedFuture(preview)
                        : async.send(
                                "POST",
                                "/admin/v1/authority/switches",
                                operator,
                                Map.of(
                                        "fromLinkId",
                                        from,
                                        "toLinkId",
                                        to,
                                        "fingerprint",
                                        preview.text("fingerprint"),
                                        "reason",
                                        "many at once")))
                .thenApply(Answer::status);
    }

    /** All that was stored is published. */
    private void settled() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> facts.rows("select count(*)::text from registry.outbox"), List.of("0")::equals);
    }

    private void refused(String sql, String by) throws SQLException {
        try (Connection database = suite.database();
                var statement = database.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate(sql))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining(by);
        }
    }
}
