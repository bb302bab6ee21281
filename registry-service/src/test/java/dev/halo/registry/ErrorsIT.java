package dev.halo.registry;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.test.key.RsaKeys;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.HttpClientConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.smallrye.jwt.build.Jwt;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.http.conn.params.ConnRoutePNames;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every refusal is answered in the error envelope, by the right status, and says what was wrong. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class ErrorsIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
    }

    private static ValidatableResponse envelope(ValidatableResponse response, int status, String text, String message) {
        return response.statusCode(status)
                .contentType(ContentType.JSON)
                .body("error.status", equalTo(status))
                .body("error.statusText", equalTo(text))
                .body("error.message", containsString(message));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/admin/v1/integrators",
        "POST,/admin/v1/integrators",
        "POST,/admin/v1/enrolment-tokens",
        "GET,/admin/v1/enrolment-tokens",
        "GET,/admin/v1/links",
        "GET,/admin/v1/sites",
        "GET,/admin/v1/audit",
        "POST,/admin/v1/republish",
        "POST,/internal/v1/pairings"
    })
    void withoutATokenItIs401(String method, String path) {
        envelope(
                        given().contentType(ContentType.JSON)
                                .body("{}")
                                .request(method, path)
                                .then(),
                        401,
                        "Unauthorized",
                        "bearer token")
                .header("WWW-Authenticate", notNullValue());
    }

    @ParameterizedTest
    @CsvSource({
        "support,POST,/admin/v1/integrators",
        "auditor,GET,/admin/v1/integrators",
        "service,GET,/admin/v1/links",
        "support,POST,/admin/v1/enrolment-tokens",
        "support,GET,/admin/v1/audit",
        "operator,POST,/internal/v1/pairings",
        "support,POST,/admin/v1/republish"
    })
    void withAnotherRoleItIs403(String role, String method, String path) {
        envelope(client.as(role).body("{}").request(method, path).then(), 403, "Forbidden", "role");
    }

    @ParameterizedTest
    @CsvSource({
        "support,/admin/v1/integrators",
        "support,/admin/v1/links",
        "support,/admin/v1/sites",
        "support,/admin/v1/enrolment-tokens",
        "auditor,/admin/v1/audit",
        "operator,/admin/v1/audit"
    })
    void whoMayReadReads(String role, String path) {
        client.as(role).get(path).then().statusCode(200);
    }

    @Test
    void aForgedOrExpiredTokenOrOneForSomebodyElseIs401() {
        // Given
        var stranger = RsaKeys.stranger().getPrivate();
        var ours = suite.operators().getPrivate();
        Set<String> operator = Set.of("operator");
        String forged =
                Jwt.upn("eve").audience("halo-registry").groups(operator).sign(stranger);
        String expired = Jwt.upn("bob")
                .audience("halo-registry")
                .groups(operator)
                .issuedAt(1_000)
                .expiresAt(2_000)
                .sign(ours);
        String foreign =
                Jwt.upn("bob").audience("halo-gateway").groups(operator).sign(ours);

        for (String token : List.of(forged, expired, foreign, "nonsense")) {
            // When
            var answer =
                    given().auth().oauth2(token).get("/admin/v1/integrators").then();

            // Then
            envelope(answer, 401, "Unauthorized", "bearer token");
        }
    }

    @Test
    void aLinkNeedsATokenOfALink() {
        var without = given().contentType(ContentType.JSON).body("{}").put(LinkApi.SITES);
        envelope(without.then(), 401, "Unauthorized", "Link token is needed");
        var operators = client.operator().body("{}").put(LinkApi.SITES);
        envelope(operators.then(), 401, "Unauthorized", "Link token is refused");
        String linkToken = client.enrol(RegistryClient.pmsId()).token();
        envelope(given().auth().oauth2(linkToken).get("/admin/v1/links").then(), 401, "Unauthorized", "bearer token");
    }

    @Test
    void theHttpErrorsHaveTheEnvelope() {
        envelope(client.operator().get("/admin/v1/nothing").then(), 404, "Not Found", "no such resource");
        envelope(given().get("/nowhere").then(), 404, "Not Found", "no such resource");
        envelope(client.operator().delete("/admin/v1/links").then(), 405, "Method Not Allowed", "method");
        envelope(
                client.operator()
                        .contentType(ContentType.TEXT)
                        .body("x")
                        .post("/admin/v1/integrators")
                        .then(),
                415,
                "Unsupported Media Type",
                "application/json");
        envelope(client.operator().get("/admin/v1/links/not-a-uuid").then(), 404, "Not Found", "no such resource");
        envelope(
                client.operator().get("/admin/v1/links/" + UUID.randomUUID()).then(),
                404,
                "Not Found",
                "There is no Link");
        envelope(
                client.operator()
                        .body("x".repeat(3 * 1024 * 1024))
                        .post("/admin/v1/integrators")
                        .then(),
                413,
                "Request Entity Too Large",
                "too large");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{nonsense|not valid JSON",
                "[]|not valid",
                "{\"name\":\"\"}|name: must be 1 to 200 characters",
                "{}|name: is required",
                "{\"name\":\"a\",\"allowedAddresses\":[\"10.0.0.0/8\",\"host.example\"]}|allowedAddresses[1]",
                "{\"name\":\"a\",\"tier\":\"not good\"}|tier: must be 1 to 64",
                "{\"name\":{\"x\":1}}|name: is not valid"
            })
    void aBadIntegratorIsNamedByItsField(String body, String message) {
        envelope(client.operator().body(body).post("/admin/v1/integrators").then(), 400, "Bad Request", message);
    }

    @Test
    void aMissingBodyIs400() {
        envelope(client.operator().post("/admin/v1/integrators").then(), 400, "Bad Request", "body");
        envelope(given().contentType(ContentType.JSON).post(LinkApi.ENROL).then(), 400, "Bad Request", "body");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"pmsIds\":[]}|pmsIds: must name at least one",
                "{\"any\":true}|any: is possible on stage only",
                "{\"pmsIds\":[\"with space\"]}|pmsIds[0]: must be 1 to 64",
                "{\"pmsIds\":[\"A\"],\"validFor\":\"P31D\"}|validFor: must be more than zero and at most",
                "{\"pmsIds\":[\"A\"],\"validFor\":\"soon\"}|validFor: is not valid",
                "{\"pmsIds\":[\"A\"],\"validFor\":\"PT9223372036854775807S\"}|validFor: must be more than zero",
                "{\"pmsIds\":[\"A\"],\"validFor\":1e30}|validFor: must be more than zero"
            })
    void aBadEnrolmentTokenIsNamedByItsField(String body, String message) {
        envelope(client.operator().body(body).post("/admin/v1/enrolment-tokens").then(), 400, "Bad Request", message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/v1/sites?status=lost",
                "/admin/v1/links?status=lost",
                "/admin/v1/links?limit=0",
                "/admin/v1/pairings?limit=1001",
                "/admin/v1/sites?offset=-1",
                "/admin/v1/integrators?offset=1000001",
                "/admin/v1/audit?from=yesterday",
                "/admin/v1/audit?from=-1000000000-01-01T00:00:00Z",
                "/admin/v1/audit?to=%2B1000000000-12-31T23:59:59.999999999Z",
                "/admin/v1/audit?to=-9999-01-01T00:00:00Z",
                "/admin/v1/audit?subjectId=%00",
                "/admin/v1/sites?search=a%00b",
                "/admin/v1/links?search=%00",
                "/admin/v1/integrators?name=%00",
                "/admin/v1/pairings?pmsId=%00",
                "/admin/v1/authority?pmsId=%00",
                "/admin/v1/authority/history?pmsId=%00",
                "/admin/v1/authority/history?limit=5000",
                "/admin/v1/authority/preview"
            })
    void aBadFilterIsNamed(String path) {
        client.operator()
                .urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(400)
                .body("error.message", containsString(": "));
    }

    @Test
    void theFarthestTimesAreTaken() {
        client.as("auditor")
                .get("/admin/v1/audit?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&limit=1")
                .then()
                .statusCode(200);
    }

    @Test
    void aBadKeyRequestIsNamedByItsField() {
        envelope(
                client.operator()
                        .body("{\"slot\":\"THIRD\"}")
                        .post("/admin/v1/integrators/{id}/keys", UUID.randomUUID())
                        .then(),
                400,
                "Bad Request",
                "slot");
        envelope(client.operator().get("/admin/v1/links?limit=5000").then(), 400, "Bad Request", "limit");
    }

    @Test
    void aBadEnrolmentIsNamedByItsField() {
        envelope(
                given().contentType(ContentType.JSON)
                        .body(Map.of("enrolmentToken", "prod_x", "environment", "moon"))
                        .post(LinkApi.ENROL)
                        .then(),
                400,
                "Bad Request",
                "environment: must be one of stage, production");
        envelope(
                given().contentType(ContentType.JSON)
                        .body(Map.of("environment", "production"))
                        .post(LinkApi.ENROL)
                        .then(),
                400,
                "Bad Request",
                "enrolmentToken: must be 1 to 200 characters");
    }

    @Test
    void noAnswerShowsWhatIsInside() {
        given().contentType(ContentType.JSON)
                .body("{nonsense")
                .post(LinkApi.TOKEN)
                .then()
                .statusCode(400)
                .body("error.message", allOf(not(containsString("jackson")), not(containsString("nonsense"))));
    }

    /** From an address of its own: it would slow the other tests down, too. */
    @Test
    void whoTriesCredentialsIsSlowed() throws UnknownHostException {
        // Given a Link's secret, an enrolment token and a person's token
        var elsewhere = RestAssured.config()
                .httpClient(HttpClientConfig.httpClientConfig()
                        .setParam(ConnRoutePNames.LOCAL_ADDRESS, InetAddress.getByName("127.0.0.2")));
        List<Supplier<Response>> guesses = List.of(
                () -> given().config(elsewhere)
                        .contentType(ContentType.JSON)
                        .body(Map.of("linkId", UUID.randomUUID(), "secret", "guess", "environment", "production"))
                        .post(LinkApi.TOKEN),
                () -> given().config(elsewhere)
                        .contentType(ContentType.JSON)
                        .body(Map.of("enrolmentToken", "prod_guess", "environment", "production"))
                        .post(LinkApi.ENROL),
                () -> given().config(elsewhere)
                        .header("Authorization", "Bearer guess")
                        .get("/admin/v1/links"));

        // When
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < RegistrySuite.REFUSALS; i++) {
            answers.add(guesses.get(i % guesses.size()).get().statusCode());
        }

        // Then
        assertThat(answers).containsOnly(401);
        guesses.forEach(guess -> envelope(guess.get().then(), 429, "Too Many Requests", "Too many refused calls")
                .header("Retry-After", notNullValue())
                .header("WWW-Authenticate", nullValue()));
        client.tryRenew(UUID.randomUUID(), "guess").statusCode(401);
        // And whoever comes from the same address with what is valid passes
        client.operator().config(elsewhere).get("/admin/v1/links").then().statusCode(200);
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        given().config(elsewhere)
                .contentType(ContentType.JSON)
                .body(Map.of("linkId", link.linkId(), "secret", link.secret(), "environment", "production"))
                .post(LinkApi.TOKEN)
                .then()
                .statusCode(200);
    }
}
