package dev.halo.systemtests.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.embedded.DemoPractice;
import dev.halo.embedded.OwnerOnly;
import dev.halo.embedded.ZedmedIni;
import dev.halo.local.LinkCommands.Result;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What docs/operations.md tells support to do when one practice becomes two businesses, step by step. */
@SystemTest
class DividedPracticeIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody PATIENTS =
            QueryBody.sql("select count(*) from PATIENTS").scalar();

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final OperatorClient operator;

    DividedPracticeIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.operator = suite.operator();
    }

    @AfterEach
    void onlyTheDemosPractices() {
        writeIni(List.of());
    }

    @Test
    void onePracticeBecomesTwoAtTheSameServer() throws IOException {
        // Given a practice that integrators query
        assertThat(patients(demo.siteId())).isEqualTo(2_000);
        String link = operator.read("/sites/" + demo.siteId()).path("linkId").asText();
        String pmsId = "ZMDIVIDED";

        // When the vendor has set up a database of its own for the second business, and Zedmed's INI names it
        writeIni(List.of(divided(pmsId)));

        // Then the Link finds it, and it waits with its reason
        JsonNode waiting = awaitSite(pmsId, "initialising");
        UUID site = UUID.fromString(waiting.path("siteId").asText());
        assertThat(waiting.path("linkId").asText()).isEqualTo(link);
        assertThat(waiting.path("practiceName").asText()).isEqualTo("Fernbrook Skin Clinic");
        assertThat(waiting.path("problem").asText()).contains("operator must approve");

        // When the operator approves the id, and the practice enables its integrator
        operator.change(
                "/links/" + link + "/entitlements",
                "{\"pmsIds\":[\"" + pmsId + "\"],\"reason\":\"divided, confirmed by phone\"}");
        JsonNode active = awaitSite(pmsId, "active");
        Result enabled = suite.linkCommands()
                .enable(
                        site.toString(),
                        suite.integratorId("A"),
                        "Integrator A (demo)",
                        demo.value("HALO_FIREBIRD_USER"),
                        demo.value("HALO_FIREBIRD_PASSWORD"));
        assertThat(enabled.code()).as(enabled.output()).isZero();

        // Then the integrator exchanges, pairs and queries it as any other, and the first business is as it was
        assertThat(active.path("authoritative").asBoolean()).isTrue();
        assertThat(operator.read("/authority/history?pmsId=" + pmsId).toString())
                .contains(link);
        await().atMost(SOON).until(() -> suite.integratorA().pairSite(pmsId).status() == 200);
        await().atMost(SOON).until(() -> ask(site).status() == 200);
        assertThat(patients(site)).isEqualTo(30);
        assertThat(patients(demo.siteId())).isEqualTo(2_000);
        assertThat(suite.integratorC().immediate(site, PATIENTS).status()).isEqualTo(403);

        // When it was set up for nothing
        writeIni(List.of());
        operator.change("/sites/" + site + "/retirement", "{\"as\":\"removed\",\"reason\":\"not divided after all\"}");

        // Then
        assertThat(ask(site).status()).isEqualTo(404);
        assertThat(patients(demo.siteId())).isEqualTo(2_000);
    }

    private DemoPractice divided(String pmsId) throws IOException {
        String discovery = OwnerOnly.secret(suite.keys().resolve("discovery.password"), 12);
        return DemoPractice.create(
                suite.firebird(),
                DemoPractice.Spec.small("divided", pmsId)
                        .withName("Fernbrook Skin Clinic")
                        .withPatients(30)
                        .withDiscovery(DemoPractice.Spec.DISCOVERY_USER, discovery));
    }

    /** The demo's installations and others. */
    private void writeIni(List<DemoPractice> others) {
        List<ZedmedIni.Installation> installations = Stream.concat(suite.practices().stream(), others.stream())
                .map(practice -> practice.installation(suite.firebird()))
                .toList();
        ZedmedIni.write(suite.zedmedIni(), installations);
    }

    private JsonNode awaitSite(String pmsId, String status) {
        String path = "/sites?pmsId=" + pmsId + "&status=" + status;
        return await().atMost(SOON)
                .until(() -> operator.read(path).path("sites").path(0), found -> !found.isMissingNode());
    }

    private int patients(UUID site) {
        Answer answer = ask(site);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.value().asInt();
    }

    private Answer ask(UUID site) {
        return suite.integratorA().immediate(site, PATIENTS);
    }
}
