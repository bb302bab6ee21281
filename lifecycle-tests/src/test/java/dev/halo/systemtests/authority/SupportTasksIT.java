package dev.halo.systemtests.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.local.LinkCommands.Result;
import dev.halo.local.LinkInstallation;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What docs/operations.md tells support to do when a practice gets another server, step by step. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 4)
class SupportTasksIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final OperatorClient operator;

    SupportTasksIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.operator = suite.operator();
    }

    @Test
    void aPracticeMovesToAnotherServerAndBack() {
        // Given a second server with the same databases, enrolled for one of the two practices
        await().atMost(SOON).until(() -> ask(demo.siteId().toString()) == 200);
        String old = operator.read("/sites/" + demo.siteId()).path("linkId").asText();
        LinkInstallation second = suite.startAnotherLink();
        String fresh = enrol(second);
        String site = awaitSite(fresh, demo.databaseId(), "active");
        awaitSite(fresh, demo.databaseId2(), "initialising");

        // When the other practice is approved and the integrator enabled there
        operator.change(
                "/links/" + fresh + "/entitlements",
                "{\"pmsIds\":[\"" + demo.databaseId2() + "\"],\"reason\":\"confirmed by phone\"}");
        awaitSite(fresh, demo.databaseId2(), "active");
        enable(second, site);

        // Then nothing has changed for integrators
        assertThat(ask(site)).isEqualTo(403);
        assertThat(ask(demo.siteId().toString())).isEqualTo(200);

        // When authority is switched as the preview said
        JsonNode preview = preview(old, fresh);
        assertThat(preview.path("moves").findValuesAsText("pmsId"))
                .containsExactlyInAnyOrder(demo.databaseId(), demo.databaseId2());
        assertThat(preview.path("stays")).isEmpty();
        String body = switching(old, fresh, preview);
        JsonNode made = operator.change("/authority/switches", body);

        // Then the old server is refused, the new one answers, and what was agreed to cannot be done twice
        assertThat(ask(demo.siteId().toString())).isEqualTo(403);
        assertThat(suite.integratorA().pairSite(demo.databaseId()).status()).isEqualTo(200);
        await().atMost(SOON).until(() -> ask(site) == 200);
        assertThat(operator.statusOfChange("/authority/switches", body)).isEqualTo(412);
        awaitConfirmed(made);

        // When it was a mistake
        operator.change("/authority/switches", switching(fresh, old, preview(fresh, old)));
        String retirement = "{\"as\":\"removed\",\"reason\":\"the old server stays\"}";
        JsonNode consequences = operator.change("/links/" + fresh + "/retirement", retirement);

        // Then all is as before, and the second server is gone
        assertThat(consequences.path("leftWithout")).isEmpty();
        await().atMost(SOON).until(() -> ask(demo.siteId().toString()) == 200);
        assertThat(ask(site)).isEqualTo(404);
        second.process().stop();
    }

    private String enrol(LinkInstallation link) {
        Set<String> known = Set.copyOf(activeLinks());
        String token = operator.change(
                        "/enrolment-tokens", "{\"pmsIds\":[\"" + demo.databaseId() + "\"],\"comment\":\"migration\"}")
                .path("enrolmentToken")
                .asText();
        await().atMost(SOON)
                .until(() -> link.commands()
                                .run(token, List.of("enrol", "--token-stdin"))
                                .code()
                        == 0);
        return await().atMost(SOON)
                .until(
                        () -> activeLinks().stream()
                                .filter(active -> !known.contains(active))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private List<String> activeLinks() {
        return operator.read("/links?status=active&limit=1000").path("links").findValuesAsText("linkId");
    }

    private String awaitSite(String link, String pmsId, String status) {
        String path = "/sites?linkId=" + link + "&pmsId=" + pmsId + "&status=" + status;
        return await().atMost(SOON)
                .until(() -> operator.read(path).path("sites").path(0), found -> !found.isMissingNode())
                .path("siteId")
                .asText();
    }

    private void enable(LinkInstallation link, String site) {
        Result enabled = link.commands()
                .enable(
                        site,
                        suite.integratorId("A"),
                        "Integrator A (demo)",
                        demo.value("HALO_FIREBIRD_USER"),
                        demo.value("HALO_FIREBIRD_PASSWORD"));
        assertThat(enabled.code()).as(enabled.output()).isZero();
    }

    private JsonNode preview(String from, String to) {
        return operator.read("/authority/preview?fromLinkId=" + from + "&toLinkId=" + to);
    }

    private static String switching(String from, String to, JsonNode preview) {
        return "{\"fromLinkId\":\"%s\",\"toLinkId\":\"%s\",\"fingerprint\":\"%s\",\"reason\":\"migration\"}"
                .formatted(from, to, preview.path("fingerprint").asText());
    }

    private void awaitConfirmed(JsonNode made) {
        String path = "/authority/switches/" + made.path("switchId").asText();
        await().atMost(SOON).until(() -> operator.read(path)
                .path("confirmation")
                .path("state")
                .asText()
                .equals("confirmed"));
    }

    private int ask(String site) {
        return suite.integratorA().immediate(site, SMALL).status();
    }
}
