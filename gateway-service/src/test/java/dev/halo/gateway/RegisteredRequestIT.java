package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.GatewayResources;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused to those who register queries, or ask for them. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class RegisteredRequestIT extends RegisteredFixture {

    @Test
    void anothersIsNotFound() {
        UUID id = register();
        FakeCloud.Integrator other = cloud.integrator();
        cloud.pair(other, site, true);
        cloud.enable(other, site, true);
        Api others = new Api(base, other.key());

        assertThat(others.get(path(id)).status()).isEqualTo(404);
        assertThat(others.get(path(id) + "/results").status()).isEqualTo(404);
        assertThat(others.send(others.request(path(id)).DELETE()).status()).isEqualTo(404);
        assertThat(others.get(path()).json().path("registeredQueries")).isEmpty();
        assertThat(get(id).status()).isEqualTo(200);
    }

    @Test
    void thereIsABoundToThoseThatAreEnabled() {
        for (int i = 0; i < 5; i++) {
            register();
        }
        UUID last = UUID.fromString(api.get(path())
                .json()
                .path("registeredQueries")
                .get(0)
                .path("id")
                .asText());

        Api.Answer tooMany = api.post(path(), BODY);
        delete(last);

        assertThat(tooMany.status()).isEqualTo(503);
        assertThat(tooMany.header("Retry-After")).isEqualTo("60");
        assertThat(api.post(path(), BODY).status()).isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"frequency\":60 | \"frequency\":59 | frequency",
                "\"frequency\":60 | \"frequency\":\"60\" | frequency",
                "\"frequency\":60 | \"other\":1 | frequency",
                "\"duration\":120 | \"duration\":59 | duration",
                "\"duration\":120 | \"duration\":86401 | duration",
                "\"frequency\":60 | \"frequency\":121 | below frequency",
                "\"name\":\"Waiting room\" | \"name\":\" \" | name",
                "\"name\":\"Waiting room\" | \"name\":null | name",
                "\"name\":\"Waiting room\" | \"name\":\"a\\u0000b\" | name",
                "\"query\" | \"fhir\" | registeredQueryType",
                "\"text\" | \"sql\" | registerCommand.command.text",
                "\"command\" | \"statement\" | registerCommand.command",
                "\"command\" | \"catalogue\":\"NOWHERE\",\"command\" | catalogue",
                "} | | JSON"
            })
    void aBodyThatIsNotValidIsRefused(String what, String by, String named) {
        Api.Answer answer = api.post(path(), BODY.replace(what, by == null ? "" : by));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains(named);
    }

    @Test
    void theChecksComeInTheirOrder() {
        FakeCloud.Integrator stranger = cloud.integrator();
        Api strangers = new Api(base, stranger.key());

        assertThat(new Api(base, "stage_unknown").post(path(), "{}").status()).isEqualTo(401);
        assertThat(strangers.post(path(), "{}").status()).isEqualTo(400);
        assertThat(strangers
                        .post("/integrator/sites/" + UUID.randomUUID() + "/queries/registered", BODY)
                        .status())
                .isEqualTo(404);
        assertThat(strangers.post(path(), BODY).status()).isEqualTo(403);
        assertThat(strangers.get(path()).status()).isEqualTo(403);
        assertThat(strangers.get(path() + "/nonsense").status()).isEqualTo(400);
        assertThat(api.get(path() + "/" + UUID.randomUUID()).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"PUT", "DELETE", "PATCH"})
    void aWrongVerbIsRefused(String method) {
        Api.Answer answer = api.send(api.request(path()).method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.status()).isEqualTo(405);
    }

    @Test
    void theBodyMustBeJson() {
        Api.Answer answer = api.send(api.request(path())
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(BODY)));

        assertThat(answer.status()).isEqualTo(415);
    }
}
