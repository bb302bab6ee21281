package dev.halo.registry.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.registry.Parallel;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.secret.Secrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An enrolment token makes one Link, once, in its environment. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class EnrolmentIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
    }

    @Test
    void aTokenWorksOnce() {
        // Given
        String token = client.enrolmentToken(RegistryClient.pmsId());
        client.tryEnrol(token, "production").statusCode(201);

        // When
        var again = client.tryEnrol(token, "production");

        // Then
        again.statusCode(401).body("error.message", containsString("used already"));
    }

    @Test
    void ofManyThatUseATokenAtOnceOneSucceeds() {
        // Given
        String token = client.enrolmentToken(RegistryClient.pmsId());

        // When
        List<Integer> answers = Parallel.run(
                20, i -> client.tryEnrol(token, "production").extract().statusCode());

        // Then
        assertThat(answers).containsOnlyOnce(201);
        assertThat(answers.stream().filter(status -> status == 401)).hasSize(19);
    }

    @Test
    void anExpiredTokenIsRefused() throws SQLException {
        // Given
        String token = client.enrolmentToken(RegistryClient.pmsId());
        try (Connection database = suite.database();
                PreparedStatement expire = database.prepareStatement("update registry.enrolment_token"
                        + " set expires_at = now() - interval '1 second' where token_sha256 = ?")) {
            expire.setString(1, Secrets.sha256(token));
            expire.executeUpdate();
        }

        // When
        var answer = client.tryEnrol(token, "production");

        // Then
        answer.statusCode(401).body("error.message", containsString("expired"));
    }

    @Test
    void anotherEnvironmentIsRefusedAndLeavesTheTokenUsable() {
        // Given
        String token = client.enrolmentToken(RegistryClient.pmsId());

        // When
        client.tryEnrol(token, "stage").statusCode(403).body("error.message", containsString("This is production"));
        client.tryEnrol("stage_abc", "production").statusCode(403).body("error.message", containsString("for stage"));

        // Then
        client.tryEnrol(token, "production").statusCode(201);
    }

    @Test
    void anUnknownOrRevokedTokenIsRefused() {
        client.tryEnrol("prod_unknown", "production")
                .statusCode(401)
                .body("error.message", containsString("not known"));
        var issued = client.operator()
                .body(Map.of("pmsIds", List.of(RegistryClient.pmsId())))
                .post("/admin/v1/enrolment-tokens")
                .then()
                .statusCode(201)
                .extract();
        client.operator()
                .delete("/admin/v1/enrolment-tokens/{id}", issued.<String>path("tokenId"))
                .then()
                .statusCode(204);
        client.tryEnrol(issued.path("enrolmentToken"), "production")
                .statusCode(401)
                .body("error.message", containsString("revoked"));
    }

    @Test
    void whatALinkMayServeIsWrittenDownAndNoSecretIs() {
        // Given
        String pmsId = RegistryClient.pmsId();
        String token = client.enrolmentToken(pmsId);

        // When
        EnrolResponse link =
                client.tryEnrol(token, "production").statusCode(201).extract().as(EnrolResponse.class);

        // Then
        client.operator()
                .get("/admin/v1/links/{id}", link.linkId())
                .then()
                .body("pmsIds", equalTo(List.of(pmsId)))
                .body("any", equalTo(false));
        client.operator().get("/admin/v1/enrolment-tokens").then().body(not(containsString(token)));
        client.operator()
                .get("/admin/v1/audit?limit=1000")
                .then()
                .body(not(containsString(token)))
                .body(not(containsString(link.secret())))
                .body(not(containsString(Secrets.sha256(link.secret()))));
    }
}
