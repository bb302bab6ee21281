package dev.halo.systemtests.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.local.ServiceName;
import dev.halo.local.ServiceProcess;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import dev.halo.systemtests.suite.TcpRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two bridges, two gateways, and a network between that fails. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 5)
class SeveralInstancesIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int QUERIES = 5;
    private static final int ROWS = 5_000;
    private static final QueryBody ONE = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;

    SeveralInstancesIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @AfterEach
    void asItWas() {
        suite.restart(ServiceName.LINK, Map.of());
        suite.awaitOnline();
    }

    @Test
    void aSessionMovesToAnotherBridgeAndNothingIsLost() {
        try (TcpRelay network = new TcpRelay(suite.url(ServiceName.ROUTING))) {
            // Given a Link that reaches its bridge over this network
            ServiceProcess other = suite.startAnother(ServiceName.ROUTING);
            suite.restart(
                    ServiceName.LINK,
                    Map.of("halo.link.bridge-url", network.url().toString()));
            suite.awaitOnline();
            List<String> under = start(suite.integratorA());

            // When the session breaks and the next one is at the other bridge
            network.leadTo(other.url());
            network.cut();

            // Then queries reach it there, and those under way end well
            await().atMost(SOON).until(() -> answers(suite.integratorA()));
            assertThatAllSucceed(suite.integratorA(), under);
            other.stop();
        }
    }

    @Tag("chaos")
    @Test
    void aGatewayThatDiesTakesNoQueryWithIt() {
        // Given queries that were posted to both gateways
        ServiceProcess other = suite.startAnother(ServiceName.GATEWAY);
        IntegratorClient atOther = new IntegratorClient(other.url(), demo.keyA());
        await().atMost(SOON).until(() -> answers(atOther));
        List<String> posted = new ArrayList<>(start(atOther));
        posted.addAll(start(suite.integratorA()));

        // When one dies
        other.kill();

        // Then the other one answers for all
        assertThat(answers(suite.integratorA())).isTrue();
        assertThatAllSucceed(suite.integratorA(), posted);
    }

    @Tag("chaos")
    @Test
    void aHalfOpenSocketIsFoundDeadWithinAMinute() {
        try (TcpRelay network = new TcpRelay(suite.url(ServiceName.ROUTING))) {
            // Given
            suite.restart(
                    ServiceName.LINK,
                    Map.of("halo.link.bridge-url", network.url().toString()));
            suite.awaitOnline();
            List<String> under = start(suite.integratorA());

            // When packets are lost without a word
            network.swallow(true);
            List<String> meanwhile = start(suite.integratorA());
            network.swallow(false);

            // Then a new session takes over
            await().atMost(Duration.ofSeconds(90)).until(() -> answers(suite.integratorA()));
            assertThatAllSucceed(suite.integratorA(), under);
            assertThatAllSucceed(suite.integratorA(), meanwhile);
        }
    }

    private List<String> start(IntegratorClient integrator) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            Answer accepted = integrator.async(
                    demo.siteId(),
                    QueryBody.sql("select first " + ROWS + " PATIENT_ID, rpad('', 400, 'x') as FILL from PATIENTS,"
                            + " CLINICS, DOCTORS order by PATIENT_ID"));
            assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
            ids.add(accepted.id());
        }
        return ids;
    }

    private void assertThatAllSucceed(IntegratorClient integrator, List<String> ids) {
        for (String id : ids) {
            Answer ended = integrator.awaitEnded(demo.siteId(), id);
            assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("successful");
            assertThat(ended.json().path("result").path("rows").asInt()).isEqualTo(ROWS);
        }
    }

    private boolean answers(IntegratorClient integrator) {
        return integrator.immediate(demo.siteId(), ONE).status() == 200;
    }
}
