package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.AsyncSite;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Tokens;
import dev.halo.protocol.query.LinkErrorCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may reach what, who is turned away, and what the audit and support see of it. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class SecurityIT {

    private static final String SELECT = "{\"command\":{\"text\":\"select SECRET_COLUMN from PATIENTS\"}}";
    private static final String UPDATE =
            "{\"command\":{\"text\":\"update APPOINTMENTS set NOTE = 'x'\",\"executionMode\":\"nonQuery\"}}";
    private static final String ROWS = "[{\"ID\":1}]";

    private final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    private AsyncSite at;
    private FakeCloud.Site site;
    private FakeCloud.Integrator integrator;
    private Api api;
    private Api nobody;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        at = AsyncSite.enabled(base);
        site = at.site();
        integrator = at.integrator();
        api = at.api();
        nobody = new Api(base, null);
    }

    @AfterEach
    void endWhatIsLeft() {
        at.close();
    }

    @Test
    void aTokenOfAnIntegratorsClientIsAsGoodAsAKey() {
        at.open(Behaviours.rows(ROWS, 1));
        String token = Tokens.integrator(integrator.id());

        Api.Answer ran =
                nobody.send(nobody.posting(Api.immediatePath(site), SELECT).header("Authorization", "Bearer " + token));

        assertThat(ran.status()).isEqualTo(200);
        assertThat(ran.json().path("integratorId").asText())
                .isEqualTo(integrator.id().toString());
        String query = "/integrator/sites/" + site.id() + "/queries/"
                + ran.json().path("id").asText();
        assertThat(withToken(query, token).status()).isEqualTo(200);
        assertThat(withToken("/integrator/usage", token).status()).isEqualTo(200);
        assertThat(withToken(query, Tokens.integrator(cloud.integrator().id())).status())
                .isEqualTo(404);
    }

    @Test
    void aTokenThatIsNoGoodIsRefusedWithItsReason() {
        PrivateKey issuers = Tokens.issuers();
        UUID id = integrator.id();
        Duration life = Duration.ofMinutes(5);
        String issuer = GatewayResources.ISSUER;

        assertRefused(
                Tokens.integrator(id, issuer, Tokens.AUDIENCE, life, Tokens.strangers()), "signature is not valid");
        assertRefused(Tokens.integrator(id, issuer, Tokens.AUDIENCE, Duration.ofMinutes(-5), issuers), "has expired");
        assertRefused(Tokens.integrator(id, issuer, "halo-registry", life, issuers), "another audience");
        assertRefused(
                Tokens.integrator(id, "https://stage.example.org", Tokens.AUDIENCE, life, issuers), "another issuer");
        assertRefused(Tokens.operator("operator"), "another");
        assertRefused(Tokens.integrator(UUID.randomUUID()), "not known");
        assertThat(nobody.send(
                                nobody.request("/admin/v1/queries")
                                        .header("Authorization", "Bearer " + Tokens.integrator(id)),
                                false)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aKeyOfTheOtherEnvironmentIsRefusedAndAuditedWithoutTheKey() {
        String key = "prod_" + UUID.randomUUID();

        Api.Answer refused = new Api(base, key).get("/integrator/sites/" + site.id());

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.message()).contains("environment production").contains("stage");
        JsonNode entry = audited("siteId=" + site.id() + "&outcome=refused:credential", 1)
                .get(0);
        assertThat(entry.path("credential").asText()).startsWith("key:prod_#").doesNotContain(key);
        assertThat(entry.path("httpStatus").asInt()).isEqualTo(401);
        assertThat(entry.path("event").asText()).isEqualTo("request");
        assertThat(entry.has("integratorId")).isFalse();
    }

    @Test
    void whoeverTriesKeysIsSlowedDownAndOthersBehindTheSameAddressAreNot() {
        String path = "/integrator/sites/" + site.id();
        Api guesser = new Api(base, "prod_guess");
        List<CompletableFuture<HttpResponse<String>>> guesses = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            guesses.add(guesser.http()
                    .sendAsync(from("192.0.2.9", guesser.request(path)).build(), HttpResponse.BodyHandlers.ofString()));
            if (i % 100 == 99) {
                CompletableFuture.allOf(guesses.toArray(CompletableFuture[]::new))
                        .join();
            }
        }

        Api.Answer slowed = guesser.send(from("192.0.2.9", guesser.request(path)));

        assertThat(guesses).allMatch(guess -> guess.join().statusCode() == 401);
        assertThat(slowed.status()).isEqualTo(429);
        assertThat(Integer.parseInt(slowed.header("Retry-After"))).isBetween(1, 60);
        assertThat(api.send(from("192.0.2.9", api.request(path))).status()).isEqualTo(200);
        assertThat(guesser.send(from("192.0.2.10", guesser.request(path))).status())
                .isEqualTo(401);
    }

    private static HttpRequest.Builder from(String address, HttpRequest.Builder request) {
        return request.header("X-Forwarded-For", address).GET();
    }

    @Test
    void anotherIntegratorSeesNothingOfOnes() {
        at.open(new FakeLink(base).runs(ROWS));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");
        FakeCloud.Integrator other = cloud.integrator();
        cloud.pair(other, site, true);
        cloud.enable(other, site, true);
        Api others = new Api(base, other.key());
        String path = Api.queryPath(site, id);

        for (String one : List.of(path, path + "/results/1", path + "/results/1/stream")) {
            assertThat(others.get(one).status()).as(one).isEqualTo(404);
        }
        assertThat(others.delete(path).status()).isEqualTo(404);
        assertThat(others.post("/integrator/sites/" + site.id() + "/queries/status", "{\"queryIds\":[\"" + id + "\"]}")
                        .json()
                        .path("results")
                        .get(0)
                        .path("status")
                        .asText())
                .isEqualTo("notFound");
        assertThat(audited("integratorId=" + other.id() + "&outcome=refused:404", 4))
                .allSatisfy(entry -> assertThat(entry.path("siteId").asText())
                        .isEqualTo(site.id().toString()));
    }

    @Test
    void aPageOfAnotherLinkIsRefused() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        FakeLink link = new FakeLink(base);

        assertThat(link.put(UUID.randomUUID(), held.query(), 1, 0, ROWS)).isEqualTo(404);
        assertThat(link.put(site.linkId(), held.query(), 1, 0, ROWS)).isEqualTo(204);
    }

    @Test
    void theAuditTellsWhoAskedWhatOfWhomAndHowItEnded() {
        at.open(Behaviours.rows(ROWS, 1));
        UUID immediate =
                UUID.fromString(api.immediate(site, SELECT).json().path("id").asText());
        at.open(new FakeLink(base).runs(ROWS));
        UUID async = api.start(site, UPDATE.replace("nonQuery", "reader"));
        api.await(site, async, "successful");
        api.get(Api.queryPath(site, async) + "/results/1");

        JsonNode ran = audited("queryId=" + immediate, 1).get(0);
        assertThat(ran.path("event").asText()).isEqualTo("immediate");
        assertThat(ran.path("integratorId").asText()).isEqualTo(integrator.id().toString());
        assertThat(ran.path("siteId").asText()).isEqualTo(site.id().toString());
        assertThat(ran.path("outcome").asText()).isEqualTo("successful");
        assertThat(ran.path("rows").asInt()).isEqualTo(1);
        assertThat(ran.path("bytes").asInt()).isEqualTo(ROWS.length());
        assertThat(ran.path("sqlSha256").asText()).matches("[0-9a-f]{64}");
        List<JsonNode> entries = audited("queryId=" + async, 3);
        assertThat(entries)
                .extracting(entry -> entry.path("event").asText() + " "
                        + entry.path("outcome").asText())
                .containsExactlyInAnyOrder("async accepted", "asyncEnd successful", "result successful");
        assertThat(entries.toString() + ran).doesNotContain("SECRET_COLUMN").doesNotContain("APPOINTMENTS");
    }

    @Test
    void theAuditIsReadInPagesByWhoMay() {
        for (int i = 0; i < 5; i++) {
            api.immediate(site, "{}");
        }
        String search = "/admin/v1/query-audit?outcome=refused:400&siteId=" + site.id();
        audited("outcome=refused:400&siteId=" + site.id(), 5);

        List<String> ids = new ArrayList<>();
        JsonNode page = nobody.admin(search + "&limit=2", "operator").json();
        ids.addAll(page.path("entries").findValuesAsText("id"));
        while (page.has("nextCursor")) {
            page = nobody.admin(
                            search + "&limit=2&cursor="
                                    + page.path("nextCursor").asText(),
                            "auditor")
                    .json();
            ids.addAll(page.path("entries").findValuesAsText("id"));
        }

        assertThat(ids).hasSize(5).doesNotHaveDuplicates();
        assertThat(nobody.admin(search, "support").status()).isEqualTo(403);
        assertThat(nobody.send(nobody.request(search), false).status()).isEqualTo(401);
        assertThat(nobody.admin(search + "&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z", "auditor")
                        .json()
                        .path("entries"))
                .isEmpty();
        for (String wrong : List.of("from=yesterday", "cursor=x", "limit=0", "siteId=1")) {
            Api.Answer refused = nobody.admin("/admin/v1/query-audit?" + wrong, "auditor");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.message()).startsWith(wrong.substring(0, wrong.indexOf('=')));
        }
    }

    @Test
    void supportSeesWhereQueriesAreAndNothingOfTheirContents() {
        at.open(Behaviours.failed(LinkErrorCode.STATEMENT_NOT_ALLOWED.failure("says SECRET_COLUMN")));
        UUID immediate =
                UUID.fromString(api.immediate(site, SELECT).json().path("id").asText());
        at.open(new FakeLink(base).runs(ROWS));
        UUID async = api.start(site, SELECT);
        api.await(site, async, "successful");
        String search = "/admin/v1/queries?siteId=" + site.id();
        Awaitility.await()
                .until(() ->
                        nobody.admin(search, "support").json().path("queries").size() == 2);

        Api.Answer all = nobody.admin(search, "support");
        assertThat(all.json().path("queries").findValuesAsText("id"))
                .containsExactly(async.toString(), immediate.toString());
        assertThat(all.response().body()).doesNotContain("SECRET_COLUMN").doesNotContain("PATIENTS");
        JsonNode failed = all.json().path("queries").get(1);
        assertThat(failed.path("mode").asText()).isEqualTo("immediate");
        assertThat(failed.path("httpStatus").asInt()).isEqualTo(400);
        assertThat(failed.path("errorType").asText()).isEqualTo("haloLink");
        assertThat(failed.path("errorCode").asInt()).isEqualTo(1007);
        JsonNode one = nobody.admin("/admin/v1/queries/" + async, "operator").json();
        assertThat(one.path("status").asText()).isEqualTo("successful");
        assertThat(one.path("pages").asInt()).isEqualTo(1);
        assertThat(one.path("linkId").asText()).isEqualTo(site.linkId().toString());

        assertThat(nobody.admin(search + "&mode=async", "support").json().path("queries"))
                .hasSize(1);
        assertThat(nobody.admin(search + "&status=executionFailed", "support")
                        .json()
                        .path("queries"))
                .hasSize(1);
        JsonNode first = nobody.admin(search + "&limit=1", "support").json();
        assertThat(nobody.admin(
                                search + "&limit=1&cursor="
                                        + first.path("nextCursor").asText(),
                                "support")
                        .json()
                        .path("queries")
                        .findValuesAsText("id"))
                .containsExactly(immediate.toString());
        assertThat(nobody.admin(search + "&mode=other", "support").status()).isEqualTo(400);
        assertThat(nobody.admin("/admin/v1/queries/" + UUID.randomUUID(), "support")
                        .status())
                .isEqualTo(404);
        assertThat(nobody.admin(search, "auditor").status()).isEqualTo(403);
    }

    @Test
    void disablingEndsImmediatesThatRunAndRefusesNewOnes() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        CompletableFuture<Api.Answer> running = api.immediateAsync(site, SELECT);
        FakeLink.Held held = at.taken(taken);

        cloud.enable(integrator, site, false);

        Api.Answer ended =
                running.orTimeout(5, java.util.concurrent.TimeUnit.SECONDS).join();
        assertThat(ended.status()).isEqualTo(403);
        assertThat(ended.message()).contains("has not enabled");
        at.awaitCancel(held.query().queryId(), LinkErrorCode.INTEGRATOR_DISABLED);
        assertThat(api.immediate(site, SELECT).status()).isEqualTo(403);
        assertThat(api.async(site, SELECT).status()).isEqualTo(403);
    }

    private void assertRefused(String token, String words) {
        Api.Answer answer = withToken("/integrator/sites/" + site.id(), token);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.message()).contains(words);
    }

    private Api.Answer withToken(String path, String token) {
        HttpRequest.Builder request = nobody.request(path).header("Authorization", "Bearer " + token);
        return nobody.send(request.GET(), !path.endsWith("usage"));
    }

    /** Entries of the audit, once there are so many. */
    private List<JsonNode> audited(String search, int count) {
        List<JsonNode> found = new ArrayList<>();
        Awaitility.await().until(() -> {
            found.clear();
            nobody.admin("/admin/v1/query-audit?" + search, "auditor")
                    .json()
                    .path("entries")
                    .forEach(found::add);
            return found.size() >= count;
        });
        assertThat(found).hasSize(count);
        return found;
    }
}
