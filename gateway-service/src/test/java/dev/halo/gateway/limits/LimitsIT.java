package dev.halo.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.AsyncSite;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rates and daily quotas through the API, and quotas of several gateways on one PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class LimitsIT {

    private static final String SELECT = "{\"command\":{\"text\":\"select * from PATIENTS\"}}";
    private static final String ROWS = "[{\"ID\":1}]";
    private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

    private final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    @Inject
    Store store;

    @Inject
    Clock clock;

    private AsyncSite at;
    private FakeCloud.Site site;

    @BeforeEach
    void aSiteThatAnswers() {
        at = AsyncSite.enabled(base);
        site = at.site();
        at.open(Behaviours.rows(ROWS, 1));
    }

    @AfterEach
    void endWhatIsLeft() {
        at.close();
    }

    @Test
    void tooManyRequestsAreRefusedBeforeTheirPathIsLookedAt() {
        Api slow = api("slow");

        Api.Answer first = slow.get("/integrator/sites/nonsense");
        Api.Answer last = null;
        for (int i = 0; i < 6; i++) {
            last = slow.get("/integrator/sites/nonsense");
        }

        assertThat(first.status()).isEqualTo(400);
        assertThat(first.header("RateLimit-Limit")).isEqualTo("3");
        assertThat(first.header("RateLimit-Remaining")).isEqualTo("2");
        assertThat(first.header("RateLimit-Reset")).isEqualTo("1");
        assertThat(last.status()).isEqualTo(429);
        assertThat(last.header("Retry-After")).isEqualTo("1");
        assertThat(last.header("RateLimit-Remaining")).isEqualTo("0");
        assertThat(at.api().get("/integrator/sites/nonsense").status()).isEqualTo(400);
    }

    @Test
    void theQuotaOfQueriesCountsWhatWasAttemptedAndStopsTheRest() {
        Api few = api("few");
        assertThat(few.immediate(site, "{}").status()).isEqualTo(400);
        assertThat(few.immediate(cloud.site(), SELECT).status()).isEqualTo(403);
        for (int i = 0; i < 3; i++) {
            assertThat(few.immediate(site, SELECT).status()).isEqualTo(200);
        }
        UUID async = few.start(site, SELECT);

        Api.Answer refused = few.immediate(site, "{}");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).contains("daily quota of 4 queries").contains("resets at");
        assertThat(few.async(site, SELECT).status()).isEqualTo(403);
        assertThat(few.query(site, async).status()).isEqualTo(200);
        assertThat(few.immediate(cloud.site(), SELECT).message()).contains("not paired");
    }

    @Test
    void aPathThatOnlyLooksDifferentIsNoWayAroundTheQuota() {
        Api few = api("few");
        String id = site.id().toString();
        String encoded = "%" + Integer.toHexString(id.charAt(0)) + id.substring(1);
        for (String path : List.of(
                id + ";a=1/queries/immediate",
                id + "/queries/immediate;a=1",
                id + "/queries;a=1/immediate",
                id + "/queries/%69mmediate",
                id + "/%71ueries/immediate",
                encoded + "/queries/immediate",
                id.toUpperCase(Locale.ROOT) + "/queries/immediate",
                id + "//queries/immediate",
                id + "/queries//immediate",
                "./" + id + "/queries/immediate",
                id + "/queries/immediate/")) {
            for (int i = 0; i < 5; i++) {
                int status = few.send(few.posting("/integrator/sites/" + path, SELECT), false)
                        .status();
                assertThat(status).as(path).isIn(200, 400, 403, 404);
            }
        }

        assertThat(few.immediate(site, SELECT).message()).contains("daily quota of 4 queries");
        var practice = usage(few).json().path("practices").get(0);
        assertThat(practice.path("queries").path("used").asInt()).isEqualTo(4);
        assertThat(practice.path("resultBytes").path("used").asInt()).isEqualTo(4 * ROWS.length());
    }

    @Test
    void theQuotaOfBytesStopsQueriesAndResults() {
        Api narrow = api("narrow");
        at.open(new FakeLink(base).runs(ROWS));
        UUID id = narrow.start(site, SELECT);
        narrow.await(site, id, "successful");
        String page = Api.queryPath(site, id) + "/results/1";

        assertThat(narrow.get(page).status()).isEqualTo(200);
        assertThat(narrow.get(page + "/stream").status()).isEqualTo(200);
        Api.Answer refused = narrow.get(page);

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).contains("bandwidth quota of 20 bytes").contains("resets at");
        assertThat(narrow.async(site, SELECT).status()).isEqualTo(403);
        assertThat(narrow.get(page + "/stream").status()).isEqualTo(403);
        assertThat(at.api().get(page).status()).isEqualTo(404);

        // And what gives no rows is not refused for want of them
        assertThat(narrow.query(site, id).json().path("status").asText()).isEqualTo("successful");
        assertThat(narrow.post("/integrator/sites/" + site.id() + "/queries/status", "{\"queryIds\":[\"" + id + "\"]}")
                        .status())
                .isEqualTo(200);
        assertThat(narrow.get("/integrator/sites/" + site.id() + "/queries/registered")
                        .status())
                .isEqualTo(200);
        assertThat(narrow.get("/integrator/sites/" + site.id() + "/fhir/R4/Patient")
                        .status())
                .isEqualTo(404);
        assertThat(narrow.get("/integrator/sites/" + site.id()).status()).isEqualTo(200);
        assertThat(usage(narrow).status()).isEqualTo(200);
        assertThat(narrow.delete(Api.queryPath(site, id)).status()).isEqualTo(202);
        assertThat(at.text("select pages_removed from gateway.async_query where query_id = '" + id + "'"))
                .isEqualTo("t");
    }

    @Test
    void usageShowsOnesOwnOnly() {
        Api few = api("few");
        few.immediate(site, SELECT);
        few.start(site, SELECT);
        at.api().immediate(site, SELECT);

        Api.Answer mine = usage(few);
        assertThat(mine.status()).isEqualTo(200);
        assertThat(mine.json().path("day").asText())
                .isEqualTo(LocalDate.ofInstant(clock.instant(), SYDNEY).toString());
        assertThat(mine.json().path("practices")).hasSize(1);
        var practice = mine.json().path("practices").get(0);
        assertThat(practice.path("practiceManagementSiteId").asText()).isEqualTo(site.pmsId());
        assertThat(practice.path("queries").path("used").asInt()).isEqualTo(2);
        assertThat(practice.path("queries").path("quota").asInt()).isEqualTo(4);
        assertThat(practice.path("queries").path("remaining").asInt()).isEqualTo(2);
        assertThat(practice.path("resultBytes").path("used").asInt()).isEqualTo(ROWS.length());
        assertThat(practice.path("resultBytes").has("quota")).isFalse();

        var others = usage(at.api()).json().path("practices").get(0);
        assertThat(others.path("queries").path("used").asInt()).isEqualTo(1);
        assertThat(others.path("queries").has("quota")).isFalse();
        assertThat(usage(new Api(base, cloud.integrator().key())).json().path("practices"))
                .isEmpty();
    }

    @Test
    void twoGatewaysShareAQuotaAlsoOverARestart() {
        UUID integrator = UUID.randomUUID();
        PmsKey practice = new PmsKey(PmsType.ZEDMED, "DB-" + integrator);
        Tier tier = Ledgers.tier(2_000, 1_000);
        QuotaLedger one = ledger(clock);
        QuotaLedger other = ledger(clock, 21);
        int used = 0;
        for (int i = 0; i < 5; i++) {
            used += Ledgers.used(one, integrator, practice, tier, 150);
            used += Ledgers.used(other, integrator, practice, tier, 50);
        }
        assertThat(used).isEqualTo(1_000);

        // One stops in order, the other one crashes; both come back.
        one.release().toCompletableFuture().join();
        QuotaLedger restarted = ledger(clock);
        QuotaLedger again = ledger(clock, 21);
        used += Ledgers.used(restarted, integrator, practice, tier, 600);
        used += Ledgers.used(again, integrator, practice, tier, 1_000);

        assertThat(used).isBetween(1_980, 2_000);
        assertThat(Ledgers.query(again, integrator, practice, tier)).isInstanceOf(Grant.Exhausted.class);
    }

    @Test
    void bytesOfAllGatewaysCountAndMidnightResetsThem() {
        UUID integrator = UUID.randomUUID();
        PmsKey practice = new PmsKey(PmsType.ZEDMED, "DB-" + integrator);
        Tier tier = Ledgers.tier(100, 1_000);
        Instant[] now = {Instant.parse("2026-04-05T13:59:00Z")};
        QuotaLedger one = ledger(QuotaDayTest.clock(now));
        QuotaLedger other = ledger(QuotaDayTest.clock(now));
        gives(one, integrator, practice, tier, 700);
        writes(one, integrator, practice);
        gives(other, integrator, practice, tier, 300);

        assertThat(Ledgers.query(other, integrator, practice, tier)).isInstanceOf(Grant.Exhausted.class);
        assertThat(Ledgers.known(ledger(QuotaDayTest.clock(now)).results(integrator, practice, tier)))
                .isInstanceOf(Grant.Given.class);
        writes(other, integrator, practice);
        assertThat(Ledgers.known(ledger(QuotaDayTest.clock(now)).results(integrator, practice, tier)))
                .isInstanceOf(Grant.Exhausted.class);

        now[0] = Instant.parse("2026-04-05T14:00:00Z");
        assertThat(Ledgers.query(other, integrator, practice, tier)).isInstanceOf(Grant.Given.class);
    }

    /** What is being written already is not waited for by the ledger, so it is asked until nothing is left. */
    private static void writes(QuotaLedger ledger, UUID integrator, PmsKey practice) {
        await().until(() -> {
            ledger.write().toCompletableFuture().join();
            return ledger.unreported(integrator, practice)[1] == 0;
        });
    }

    private static void gives(QuotaLedger by, UUID integrator, PmsKey practice, Tier tier, long bytes) {
        ((Grant.Given) Ledgers.query(by, integrator, practice, tier)).ticket().gives(bytes);
    }

    @Test
    void aSettlementThatComesTwiceCountsOnce() {
        QuotaStore.Key key = new QuotaStore.Key(
                UUID.randomUUID(), new PmsKey(PmsType.ZEDMED, "DB-twice"), LocalDate.parse("2026-04-05"));
        PgQuotaStore quotas = new PgQuotaStore(store, Duration.ofSeconds(5));
        QuotaStore.Gateway one = new QuotaStore.Gateway(1, UUID.randomUUID());
        QuotaStore.Gateway restarted = new QuotaStore.Gateway(1, UUID.randomUUID());
        QuotaStore.Gateway other = new QuotaStore.Gateway(2, UUID.randomUUID());
        QuotaStore.Settlement first = new QuotaStore.Settlement(key, 7, 50, 100, 3, 3, 40);

        assertThat(settled(quotas, one, first)).isEqualTo(new QuotaStore.Settled(53, 40));
        assertThat(settled(quotas, one, first)).isEqualTo(new QuotaStore.Settled(53, 40));
        assertThat(settled(quotas, other, first)).isEqualTo(new QuotaStore.Settled(47, 80));
        assertThat(settled(quotas, one, first)).isEqualTo(new QuotaStore.Settled(53, 80));
        assertThat(settled(quotas, one, new QuotaStore.Settlement(key, 8, -50, 100, 0, 0, 0)))
                .isEqualTo(new QuotaStore.Settled(-50, 80));
        assertThat(settled(quotas, restarted, new QuotaStore.Settlement(key, 1, 10, 100, 0, 1, 0)))
                .isEqualTo(new QuotaStore.Settled(10, 80));
        // One that was replaced and does not know it yet is told what it was told before, and its successor too.
        assertThat(settled(quotas, one, new QuotaStore.Settlement(key, 8, -50, 100, 0, 0, 0)))
                .isEqualTo(new QuotaStore.Settled(-50, 80));
        assertThat(settled(quotas, one, new QuotaStore.Settlement(key, 9, -3, 100, 0, 0, 0)))
                .isEqualTo(new QuotaStore.Settled(-3, 80));
        assertThat(settled(quotas, restarted, new QuotaStore.Settlement(key, 1, 10, 100, 0, 1, 0)))
                .isEqualTo(new QuotaStore.Settled(10, 80));
        assertThat(settled(quotas, one, new QuotaStore.Settlement(key, 9, -3, 100, 0, 0, 0)))
                .isEqualTo(new QuotaStore.Settled(-3, 80));

        assertThat(quotas.used(key.integratorId(), key.day())
                        .toCompletableFuture()
                        .join())
                .containsEntry(key.practice(), new PgQuotaStore.Use(7, 80));
    }

    private static QuotaStore.Settled settled(PgQuotaStore by, QuotaStore.Gateway gateway, QuotaStore.Settlement one) {
        return by.settle(gateway, List.of(one)).toCompletableFuture().join().get(0);
    }

    private QuotaLedger ledger(Clock at) {
        return ledger(at, 20);
    }

    private QuotaLedger ledger(Clock at, int slot) {
        return new QuotaLedger(
                new PgQuotaStore(store, Duration.ofSeconds(5)),
                Ledgers.config(slot, 0.1, 100),
                new QuotaDay.Calendar(at, SYDNEY),
                System::nanoTime);
    }

    private static Api.Answer usage(Api api) {
        return api.send(api.request("/integrator/usage").GET(), false);
    }

    private Api api(String tier) {
        FakeCloud.Integrator integrator = cloud.integratorOfTier(tier);
        cloud.pair(integrator, site, true);
        cloud.enable(integrator, site, true);
        Api api = new Api(base, integrator.key());
        if (!tier.equals("slow")) {
            Awaitility.await().until(() -> usage(api).status() == 200);
        }
        return api;
    }
}
