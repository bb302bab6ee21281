package dev.halo.systemtests.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.link.ScriptedLink;
import dev.halo.systemtests.link.ScriptedSession;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The registry is away, suddenly and while it is busy: queries go on, and nothing that it has answered is lost. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 5)
class RegistryOutageIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");
    private static final int AT_ONCE = 12;

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final OperatorClient operator;

    RegistryOutageIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.operator = suite.operator();
    }

    @AfterEach
    void repair() {
        suite.repair();
    }

    @Test
    void whatWasUnderWayWhenItDiedConverges() {
        // Given Links with practices of an integrator, one of them with a session, and a busy registry
        NewIntegrator integrator = NewIntegrator.create(demo, operator);
        List<Announcing> all = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> Announcing.enrol(demo, operator, integrator.id()))
                .toList();
        Announcing served = all.get(0);
        served.announce();
        assertThat(integrator.client().pairSite(served.pmsId()).status()).isEqualTo(200);
        AtomicInteger announced = new AtomicInteger();
        List<CompletableFuture<Boolean>> busy = all.stream()
                .map(one -> CompletableFuture.supplyAsync(() -> announces(one, announced)))
                .toList();
        Map<String, String> keys = new ConcurrentHashMap<>();
        CompletableFuture<Void> issuing = CompletableFuture.runAsync(() -> issueKeys(keys));
        await().atMost(SOON).until(() -> announced.get() > 0 && !keys.isEmpty());

        // When
        suite.kill(ServiceName.REGISTRY);
        issuing.join();
        List<Boolean> answered = busy.stream().map(CompletableFuture::join).toList();

        // Then queries of all kinds go on, also of Links that come now
        ScriptedSession session = served.link().open(served.site()).answerAllWith("[]");
        await().atMost(SOON)
                .until(() -> integrator.client().immediate(served.site(), SMALL).status() == 200);
        runsEverything();
        keys.forEach((id, key) -> await().atMost(SOON)
                .until(() -> suite.client(key).sites(demo.databaseId()).status() == 200));
        assertThat(suite.integratorA().pairSite(demo.databaseId()).status()).isIn(200, 502);
        assertThatThrownBy(served::announce).isInstanceOf(UncheckedIOException.class);

        // When it is back
        suite.start(ServiceName.REGISTRY);

        // Then what it had answered is known everywhere, and what it had not can be repeated
        for (int i = 0; i < AT_ONCE; i++) {
            Announcing one = all.get(i);
            if (!answered.get(i)) {
                await().atMost(SOON).ignoreExceptions().until(() -> one.tryToAnnounce() == 200);
            }
            await().atMost(SOON)
                    .until(
                            () -> integrator.client().pairSite(one.pmsId()).id(),
                            one.site().toString()::equals);
        }
        session.close();
    }

    @Test
    @Tag("chaos")
    void tenMinutesWithoutItCostNothing() {
        // Given
        suite.kill(ServiceName.REGISTRY);
        Duration away = Duration.ofMinutes(10);
        long end = System.nanoTime() + away.toNanos();

        // When, Then
        await().atMost(away.plus(SOON)).pollInterval(Duration.ofSeconds(5)).until(() -> {
            runsEverything();
            return System.nanoTime() > end;
        });
        suite.start(ServiceName.REGISTRY);
        assertThat(NewIntegrator.create(demo, operator)
                        .client()
                        .sites(demo.databaseId())
                        .status())
                .isEqualTo(200);
    }

    private void runsEverything() {
        IntegratorClient client = suite.integratorA();
        assertThat(client.immediate(demo.siteId(), SMALL).status()).isEqualTo(200);
        String async = client.async(demo.siteId(), SMALL).id();
        assertThat(client.awaitEnded(demo.siteId(), async).queryStatus()).isEqualTo("successful");
        assertThat(client.page(demo.siteId(), async, 1).status()).isEqualTo(200);
        assertThat(client.sites(demo.databaseId()).json().path("sites")).hasSize(1);
        assertThat(suite.client(demo.keyA() + "x").sites(demo.databaseId()).status())
                .isEqualTo(401);
    }

    /** Issues keys of new integrators until the registry is gone. */
    private void issueKeys(Map<String, String> keys) {
        for (Optional<NewIntegrator> made = create(); made.isPresent(); made = create()) {
            keys.put(made.get().id(), made.get().key());
        }
    }

    private Optional<NewIntegrator> create() {
        try {
            return Optional.of(NewIntegrator.create(demo, operator));
        } catch (UncheckedIOException | AssertionError e) {
            return Optional.empty();
        }
    }

    /** Whether the registry has answered it. */
    private static boolean announces(Announcing one, AtomicInteger announced) {
        try {
            one.announce();
            announced.incrementAndGet();
            return true;
        } catch (UncheckedIOException | AssertionError e) {
            return false;
        }
    }

    private record Announcing(ScriptedLink link, UUID site, String pmsId, String integratorId) {

        static Announcing enrol(Demo demo, OperatorClient operator, String integratorId) {
            String pmsId = ScriptedLink.newPmsId();
            return new Announcing(ScriptedLink.enrol(demo, operator, pmsId), UUID.randomUUID(), pmsId, integratorId);
        }

        int tryToAnnounce() {
            return link.announce(ScriptedLink.site(site, pmsId, integratorId)).status();
        }

        void announce() {
            link.announced(ScriptedLink.site(site, pmsId, integratorId));
        }
    }
}
