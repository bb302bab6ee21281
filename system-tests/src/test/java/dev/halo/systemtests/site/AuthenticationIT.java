package dev.halo.systemtests.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Subscription keys: which are let in, and what the others are told. */
@SystemTest
class AuthenticationIT {

    private final SuiteUnderTest suite;
    private final Demo demo;

    AuthenticationIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void letsInBothKeysOfAnIntegratorAsTheSameOne() {
        // Given
        QueryBody query = QueryBody.sql("select count(*) from CLINICS").scalar();

        // When
        Answer primary = client(demo.keyA()).immediate(demo.siteId(), query);
        Answer secondary = client(demo.secondaryKeyA()).immediate(demo.siteId(), query);

        // Then
        assertThat(primary.status()).as("%s", primary).isEqualTo(200);
        assertThat(secondary.status()).as("%s", secondary).isEqualTo(200);
        assertThat(secondary.json().path("integratorId"))
                .isEqualTo(primary.json().path("integratorId"));
        assertThat(client(demo.secondaryKeyA())
                        .query(demo.siteId(), primary.id())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void tellsEachRefusedKeyWhatIsWrongWithIt() {
        // Given
        Answer missing = client(null).sites(demo.databaseId());
        Answer unknown = client(ownPrefix() + "0".repeat(43)).sites(demo.databaseId());
        Answer otherEnvironment = client(otherPrefix() + "0".repeat(43)).sites(demo.databaseId());
        Answer revoked = client(suite.revokedKey()).sites(demo.databaseId());
        List<Answer> answers = List.of(missing, unknown, otherEnvironment, revoked);

        // When
        Set<String> messages = answers.stream().map(Answer::message).collect(Collectors.toSet());

        // Then
        assertThat(answers).extracting(Answer::status).containsOnly(401);
        assertThat(messages).as("each has its own message").hasSize(4);
        assertThat(missing.message()).contains(IntegratorClient.KEY_HEADER);
        assertThat(otherEnvironment.message().toLowerCase(Locale.ROOT)).contains("environment");
        assertThat(revoked.message().toLowerCase(Locale.ROOT)).contains("revoked");
    }

    @Test
    void checksTheKeyBeforeAnythingElse() {
        // When
        Stream<Answer> answers = Stream.of(
                client("nonsense").immediate("not-a-guid", "not json"),
                client(null).site("not-a-guid"),
                client(null).pairSite("whatever"),
                client(null).query(demo.siteId(), IntegratorClient.unknownId()),
                client(null).immediate(demo.siteId(), "x".repeat(100_000)));

        // Then
        assertThat(answers).extracting(Answer::status).containsOnly(401);
    }

    @Test
    void doesNotRepeatTheKeyInItsAnswer() {
        // Given
        String key = ownPrefix() + "MARKER-OF-A-KEY";

        // When
        Answer answer = client(key).sites(demo.databaseId());

        // Then
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().toString()).doesNotContain("MARKER-OF-A-KEY");
    }

    @Test
    void keepsTheOperatorsApiToOperators() {
        // Given
        String token = demo.value("HALO_OPERATOR_TOKEN");
        int dot = token.lastIndexOf('.');
        String forged = token.substring(0, dot + 1) + new StringBuilder(token.substring(dot + 1)).reverse();

        // When
        int operator = suite.operator().statusWithToken(token);
        int nobody = suite.operator().statusWithToken(null);
        int forger = suite.operator().statusWithToken(forged);
        int integrator = suite.operator().statusWithToken(demo.keyA());

        // Then
        assertThat(operator).isEqualTo(200);
        assertThat(List.of(nobody, forger, integrator)).containsOnly(401);
    }

    private IntegratorClient client(String key) {
        return suite.client(key);
    }

    private String ownPrefix() {
        return demo.keyA().startsWith("prod_") ? "prod_" : "stage_";
    }

    private String otherPrefix() {
        return demo.keyA().startsWith("prod_") ? "stage_" : "prod_";
    }
}
