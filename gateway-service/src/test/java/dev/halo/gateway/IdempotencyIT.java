package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeBridge;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.test.Background;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are sent again with the same key. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class IdempotencyIT {

    private static final String SELECT = "{\"command\":{\"text\":\"select 1\"}}";
    private static final String INSERT = "{\"command\":{\"text\":\"insert\",\"executionMode\":\"nonQuery\"}}";
    private static final String REGISTER = """
            {"name":"Waiting room","registeredQueryType":"query","frequency":60,"duration":120,
             "registerCommand":{"command":{"text":"select * from WAITING"}}}""";

    private final FakeCloud cloud = Fakes.shared().cloud();
    private final FakeBridge bridge = Fakes.shared().bridge();
    private final String key = UUID.randomUUID().toString();

    @TestHTTPResource("/")
    URI base;

    private FakeCloud.Site site;
    private Api api;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        FakeCloud.Integrator integrator = cloud.integrator();
        site = cloud.site();
        cloud.pair(integrator, site, true);
        cloud.enable(integrator, site, true);
        api = new Api(base, integrator.key());
    }

    @Test
    void aWriteThatIsSentAgainIsNotRunAgain() {
        link(Behaviours.affected(1));

        Api.Answer first = immediate(INSERT);
        Api.Answer second = immediate(INSERT);

        assertThat(first.status()).isEqualTo(200);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(taken()).isEqualTo(1);
    }

    @Test
    void anErrorOfTheDatabaseIsAnsweredAgain() {
        link(Behaviours.failed(new QueryFailure(ErrorType.FBSQL, 335544665, "violation of UNIQUE KEY")));

        Api.Answer first = immediate(INSERT);
        Api.Answer second = immediate(INSERT);

        assertThat(first.status()).isEqualTo(400);
        assertThat(second.status()).isEqualTo(400);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(taken()).isEqualTo(1);
    }

    @Test
    void rowsAreNotKept() {
        link(Behaviours.rows("[{\"A\":1}]", 1));

        Api.Answer first = immediate(SELECT);
        Api.Answer second = immediate(SELECT);

        assertThat(first.rows()).isEqualTo("[{\"A\":1}]");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.message()).contains(first.json().path("id").asText());
        assertThat(taken()).isEqualTo(1);
    }

    @Test
    void outputValuesAreNotKeptEither() throws SQLException {
        Parameter output = new Parameter("@total", Direction.OUTPUT, null, "NDI=", null);
        link(Behaviours.outcome(new Outcome.Affected(0, List.of(output), Behaviours.TIMING), ""));

        Api.Answer first = immediate(INSERT);

        assertThat(first.json()
                        .path("result")
                        .path("parameters")
                        .get(0)
                        .path("value")
                        .asText())
                .isEqualTo("NDI=");
        assertThat(immediate(INSERT).status()).isEqualTo(409);
        assertThat(keptAnswers()).isZero();
    }

    @Test
    void oneThatComesWhileTheFirstRunsJoinsIt() {
        CountDownLatch answer = new CountDownLatch(1);
        link((query, headers, one) -> Background.run(() -> {
            await(answer);
            Behaviours.rows("[{\"A\":1}]", 1).take(query, headers, one);
        }));

        List<CompletableFuture<Api.Answer>> answers = IntStream.range(0, 4)
                .mapToObj(i -> Background.supply(() -> immediate(SELECT)))
                .toList();
        Awaitility.await().until(() -> taken() == 1);
        CompletableFuture<Api.Answer> late = Background.supply(() -> immediate(SELECT));
        assertThat(immediate(INSERT).status()).isEqualTo(409);
        answer.countDown();

        for (CompletableFuture<Api.Answer> one : answers) {
            assertThat(one.join().status()).isIn(200, 409);
        }
        assertThat(answers.stream().filter(one -> one.join().status() == 200).count())
                .isPositive();
        assertThat(late.join().status()).isIn(200, 409);
        assertThat(taken()).isEqualTo(1);
    }

    @Test
    void oneThatComesToAnotherGatewayWaitsForTheFirst() throws SQLException {
        link(Behaviours.affected(1));
        Api.Answer first = immediate(INSERT);
        sql("update gateway.idempotency_key set state = 'BEGUN', answer = null, http_status = null where key = '" + key
                + "'");

        CompletableFuture<Api.Answer> second = Background.supply(() -> immediate(INSERT));
        sql("update gateway.idempotency_key set state = 'NOT_KEPT' where key = '" + key + "'");

        assertThat(second.join().status()).isEqualTo(409);
        assertThat(second.join().message()).contains(first.json().path("id").asText());
    }

    @Test
    void anOutcomeThatNobodyKnowsIsNoReasonToRunItAgain() throws SQLException {
        link(Behaviours.affected(1));
        assertThat(immediate(INSERT).status()).isEqualTo(200);
        sql("update gateway.idempotency_key set state = 'BEGUN', created_at = now() - interval '10 minutes' where key ="
                + " '" + key + "'");

        Api.Answer answer = immediate(INSERT);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.message()).contains("not known");
        assertThat(taken()).isEqualTo(1);
    }

    @Test
    void whatWasNotAttemptedMayComeAgain() {
        assertThat(immediate(INSERT).status()).isEqualTo(503);

        link(Behaviours.affected(1));

        assertThat(immediate(INSERT).status()).isEqualTo(200);
    }

    @Test
    void aCallerThatHangsUpFindsTheAnswerLater() {
        CountDownLatch answer = new CountDownLatch(1);
        link((query, headers, one) -> Background.run(() -> {
            await(answer);
            Behaviours.affected(7).take(query, headers, one);
        }));
        HttpRequest request = api.posting(Api.immediatePath(site), INSERT)
                .header("Idempotency-Key", key)
                .build();
        CompletableFuture<HttpResponse<String>> hangsUp =
                api.http().sendAsync(request, HttpResponse.BodyHandlers.ofString());
        Awaitility.await().until(() -> taken() == 1);

        hangsUp.cancel(true);
        CompletableFuture<Api.Answer> again = Background.supply(() -> immediate(INSERT));
        answer.countDown();

        assertThat(again.join().json().path("result").path("rowsAffected").asInt())
                .isEqualTo(7);
        assertThat(taken()).isEqualTo(1);
    }

    @Test
    void aKeyIsOfOneRequestOnly() {
        link(Behaviours.affected(1));
        Api.Answer first = immediate(INSERT);

        Api.Answer otherBody = immediate(SELECT);
        Api.Answer otherPost = registered(REGISTER);

        assertThat(otherBody.status()).isEqualTo(409);
        assertThat(otherBody.message()).contains(first.json().path("id").asText());
        assertThat(otherPost.status()).isEqualTo(409);
    }

    @Test
    void aKeyIsOfOneIntegratorAndSite() {
        link(Behaviours.affected(1));
        assertThat(immediate(INSERT).status()).isEqualTo(200);
        FakeCloud.Integrator other = cloud.integrator();
        cloud.pair(other, site, true);
        cloud.enable(other, site, true);
        Api others = new Api(base, other.key());

        Api.Answer answer =
                others.send(others.posting(Api.immediatePath(site), SELECT).header("Idempotency-Key", key));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(taken()).isEqualTo(2);
    }

    @Test
    void aKeyIsForgotten() throws SQLException {
        link(Behaviours.affected(1));
        assertThat(immediate(INSERT).status()).isEqualTo(200);
        sql("update gateway.idempotency_key set created_at = now() - interval '25 hours' where key = '" + key + "'");

        assertThat(immediate(INSERT).status()).isEqualTo(200);

        assertThat(taken()).isEqualTo(2);
    }

    @Test
    void aRegistrationThatIsSentAgainIsTheFirst() {
        Api.Answer first = registered(REGISTER);
        Api.Answer second = registered(REGISTER);
        Api.Answer other = registered(REGISTER.replace("120", "180"));

        assertThat(first.status()).isEqualTo(202);
        assertThat(second.status()).isEqualTo(202);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(api.get("/integrator/sites/" + site.id() + "/queries/registered")
                        .json()
                        .path("registeredQueries"))
                .hasSize(1);
    }

    @Test
    void anAsyncThatIsSentAgainIsTheFirst() {
        Api.Answer first = async(SELECT);
        Api.Answer second = async(SELECT);

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(async(INSERT).status()).isEqualTo(409);
        assertThat(immediate(SELECT).status()).isEqualTo(409);
    }

    @Test
    void registrationsThatComeAtOnceAreOne() {
        List<CompletableFuture<Api.Answer>> answers = IntStream.range(0, 4)
                .mapToObj(i -> Background.supply(() -> registered(REGISTER)))
                .toList();

        assertThat(answers.stream()
                        .map(CompletableFuture::join)
                        .map(one -> one.json().path("id").asText())
                        .distinct())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\tb"})
    void aKeyThatIsNotVisibleIsRefused(String bad) {
        Api.Answer answer =
                api.send(api.posting(Api.immediatePath(site), SELECT).header("Idempotency-Key", bad));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains("Idempotency-Key");
    }

    @Test
    void aKeyHasABound() {
        link(Behaviours.affected(1));
        String longest = "k".repeat(255);

        assertThat(api.send(api.posting(Api.immediatePath(site), INSERT).header("Idempotency-Key", longest))
                        .status())
                .isEqualTo(200);
        assertThat(api.send(api.posting(Api.immediatePath(site), INSERT).header("Idempotency-Key", longest + "k"))
                        .status())
                .isEqualTo(400);
        assertThat(api.send(api.posting(Api.immediatePath(site), INSERT)
                                .header("Idempotency-Key", "a")
                                .header("Idempotency-Key", "b"))
                        .status())
                .isEqualTo(400);
    }

    private Api.Answer immediate(String json) {
        return api.send(api.posting(Api.immediatePath(site), json).header("Idempotency-Key", key));
    }

    private Api.Answer async(String json) {
        return api.send(api.posting("/integrator/sites/" + site.id() + "/queries/async", json)
                .header("Idempotency-Key", key));
    }

    private Api.Answer registered(String json) {
        return api.send(api.posting("/integrator/sites/" + site.id() + "/queries/registered", json)
                .header("Idempotency-Key", key));
    }

    private void link(FakeBridge.Behaviour behaviour) {
        bridge.open(site, behaviour);
        api.awaitOnline(site);
    }

    private long taken() {
        return bridge.taken().stream()
                .map(QueryRequest::siteId)
                .filter(site.id()::equals)
                .count();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long keptAnswers() throws SQLException {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement();
                var row = statement.executeQuery("select count(*) from gateway.idempotency_key where key = '" + key
                        + "' and answer is not null")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void sql(String text) throws SQLException {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement()) {
            statement.execute(text);
        }
    }
}
