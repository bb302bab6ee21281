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
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No PMS ID ever has two authoritative sites: the database itself refuses it, whatever comes together. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class AuthorityConstraintsIT {

    private static final int AT_ONCE = 200;
    private static final int LOOKS = 4;

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
    void neitherOfTwoTransactionsMakesASiteAuthoritativeThatTheOtherEnds() throws Exception {
        // Given two PMS IDs that nobody has, each with a site that serves it
        for (boolean endsFirst : List.of(true, false)) {
            String pmsId = RegistryClient.pmsId();
            UUID siteId = UUID.randomUUID();
            EnrolResponse before = client.enrol(pmsId);
            client.announce(before.token(), RegistryClient.site(UUID.randomUUID(), pmsId));
            EnrolResponse link = client.enrol(pmsId);
            client.announce(link.token(), RegistryClient.site(siteId, pmsId));
            client.retire("links", before.linkId(), "removed").statusCode(200);
            String ends = "update registry.site set status = 'REMOVED' where site_id = '" + siteId + "'";
            String gives = "update registry.authority set link_id = '" + link.linkId() + "', site_id = '" + siteId
                    + "' where pms_id = '" + pmsId + "'";

            // When one ends the site and the other makes it authoritative, and both are checked before either commits
            boolean second = bothCommit(endsFirst ? ends : gives, endsFirst ? gives : ends);

            // Then the second is refused
            assertThat(second).isFalse();
            assertThat(facts.rows("select s.status from registry.authority a join registry.site s"
                            + " on s.site_id = a.site_id where s.site_id = '" + siteId + "' and s.status = 'REMOVED'"))
                    .isEmpty();
        }
    }

    /** @return whether the second was committed, too */
    private boolean bothCommit(String first, String second) throws Exception {
        try (Connection one = suite.database();
                Connection other = suite.database()) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            assertThat(isTaken(one, first)).isTrue();
            CompletableFuture<Boolean> taken = CompletableFuture.supplyAsync(() -> isTaken(other, second));
            Awaitility.await().until(() -> taken.isDone() || waits());
            one.commit();
            if (!taken.get(30, TimeUnit.SECONDS)) {
                return false;
            }
            other.commit();
            return true;
        }
    }

    private boolean waits() throws SQLException {
        return !facts.rows("select 'waits' from pg_stat_activity where wait_event_type = 'Lock'"
                        + " and datname = current_database()")
                .isEmpty();
    }

    /** Makes a change and has it checked, as it would be at the commit. */
    private static boolean isTaken(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
            statement.execute("set constraints all immediate");
            return true;
        } catch (SQLException e) {
            return false;
        }
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
                    case 2 -> switchOne(operator, links.get(i / 4 % 4), links.get((i / 4 + 1 + i / 16 % 3) % 4), LOOKS);
                    default ->
                        i % 20 == 3
                                ? withdraw(operator, links.get(i / 20 % 4), pmsIds.get(i / 20 % 5))
                                : switchOne(
                                        operator, links.get(i / 4 % 4), links.get((i / 4 + 1 + i / 16 % 3) % 4), LOOKS);
                })
                .toList();
        List<Integer> answers = sent.stream().map(CompletableFuture::join).toList();

        // Then
        assertThat(answers).isSubsetOf(200, 409, 412, 503);
        assertThat(answers.stream().filter(status -> status == 200)).hasSizeGreaterThan(AT_ONCE / 4);
        settled();
        facts.neverTwo(pmsIds);
        assertThat(facts.rows("select distinct cause from registry.authority_change where pms_id in ('"
                        + String.join("', '", pmsIds) + "')"))
                .contains("FIRST", "SWITCHED", "WITHDRAWN");
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

    /** Takes a PMS ID from a Link and gives it back. */
    private CompletableFuture<Integer> withdraw(String operator, EnrolResponse link, String pmsId) {
        String path = "/admin/v1/links/" + link.linkId() + "/entitlements";
        Map<String, Object> body = Map.of("pmsIds", List.of(pmsId), "reason", "many at once");
        return async.send("POST", path + "/withdrawal", operator, body)
                .thenCompose(withdrawn -> async.send("POST", path, operator, body))
                .thenApply(Answer::status);
    }

    /** @param looks how often it looks again when something changed since the preview */
    private CompletableFuture<Integer> switchOne(
            String operator, EnrolResponse losing, EnrolResponse gaining, int looks) {
        UUID from = losing.linkId();
        UUID to = gaining.linkId();
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
                .thenCompose(made -> made.status() == 412 && looks > 1
                        ? switchOne(operator, losing, gaining, looks - 1)
                        : CompletableFuture.completedFuture(made.status()));
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
