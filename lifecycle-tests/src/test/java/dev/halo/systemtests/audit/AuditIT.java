package dev.halo.systemtests.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.local.LinkCommands.Result;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the cloud and the practice keep of who asked what. */
@SystemTest
class AuditIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SQL = "select 4711 as AUDITED from RDB$DATABASE";

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final OperatorClient operator;

    AuditIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.operator = suite.operator();
    }

    @Test
    void theCloudKnowsWhoAskedAndWhatCameOfItAndNotTheStatement() {
        // When
        Answer answer = suite.integratorA().immediate(demo.siteId(), QueryBody.sql(SQL));

        // Then
        JsonNode entry = awaitEntry("?queryId=" + answer.id());
        assertThat(entry.path("integratorId").asText()).isEqualTo(suite.integratorId("A"));
        assertThat(entry.path("siteId").asText()).isEqualTo(demo.siteId().toString());
        assertThat(entry.path("event").asText()).isEqualTo("immediate");
        assertThat(entry.path("outcome").asText()).isEqualTo("successful");
        assertThat(entry.path("httpStatus").asInt()).isEqualTo(200);
        assertThat(entry.path("rows").asInt()).isEqualTo(1);
        assertThat(entry.path("bytes").asLong())
                .isEqualTo(answer.json().path("result").path("size").asLong());
        assertThat(entry.path("sqlSha256").asText()).isEqualTo(sha256(SQL));
        assertThat(entry.path("address").asText()).isEqualTo("127.0.0.1");
        assertThat(entry.has("durationMillis")).isTrue();
        assertThat(entry.toString()).doesNotContain("AUDITED");
        assertThat(operator.readGateway("/queries/" + answer.id()).toString()).doesNotContain("AUDITED");
    }

    @Test
    void whatIsRefusedIsKeptAsWell() {
        // When
        suite.integratorB().immediate(demo.siteId(), QueryBody.sql(SQL));
        String from =
                Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS).toString();
        suite.client("stage_" + "0".repeat(43)).immediate(demo.siteId(), QueryBody.sql(SQL));

        // Then
        JsonNode refused = awaitEntry("?integratorId=" + suite.integratorId("B") + "&from=" + from);
        assertThat(refused.path("httpStatus").asInt()).isEqualTo(403);
        assertThat(refused.path("outcome").asText()).isNotEqualTo("successful");
        JsonNode unknown = awaitEntry("?outcome=refused:credential&from=" + from);
        assertThat(unknown.path("httpStatus").asInt()).isEqualTo(401);
        assertThat(unknown.has("integratorId")).isFalse();
        assertThat(unknown.toString()).doesNotContain("0".repeat(43));
    }

    @Test
    void thePracticeReadsTheStatementsInAChainThatHolds() {
        // Given
        String since =
                Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS).toString();
        Answer answer = suite.integratorA().immediate(demo.siteId(), QueryBody.sql(SQL));
        assertThat(answer.status()).isEqualTo(200);

        // When
        Result read = suite.linkCommands().run("", List.of("audit", "--since", since));
        Result verified = suite.linkCommands().run("", List.of("audit", "--verify"));

        // Then
        assertThat(read.code()).as(read.output()).isZero();
        assertThat(read.output()).contains(SQL).contains("Integrator A");
        assertThat(verified.code()).as(verified.output()).isZero();
    }

    private JsonNode awaitEntry(String search) {
        return await().atMost(SOON)
                .until(
                        () -> operator.readGateway("/query-audit" + search)
                                .path("entries")
                                .path(0),
                        entry -> !entry.isMissingNode());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
