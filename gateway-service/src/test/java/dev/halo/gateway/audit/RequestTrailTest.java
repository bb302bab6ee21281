package dev.halo.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.access.Target;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTrailTest {

    private static final Instant AT = Instant.parse("2026-03-01T00:00:00Z");

    @Test
    void whoeverIsNotRecognisedLeavesAShortFingerprintOfWhateverWasShown() {
        RequestTrail trail = trail("GET", Target.Kind.OTHER);
        trail.notRecognised("key:prod_", "prod_" + "x".repeat(8_000));
        trail.refusedBy("credential");

        AuditEntry entry = trail.over(401);

        assertThat(entry.credential()).matches("key:prod_#[0-9a-f]{12}");
        assertThat(entry.outcome()).isEqualTo("refused:credential");
        assertThat(entry.toString()).doesNotContain("xxx");
    }

    @Test
    void aVerbOfAnyLengthIsCut() {
        assertThat(trail("X".repeat(4_000), Target.Kind.OTHER).over(404).method())
                .hasSize(16);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429})
    void whatIsRefusedIsKept(int status) {
        assertThat(trail("GET", Target.Kind.READING).over(status).outcome()).isEqualTo("refused:" + status);
    }

    @Test
    void whateverACheckRefusedIsKeptWithAnyStatus() {
        RequestTrail trail = trail("GET", Target.Kind.READING);
        trail.refusedBy("quotaUnknown");

        assertThat(trail.over(503).outcome()).isEqualTo("refused:quotaUnknown");
    }

    @Test
    void whatIsNoQueryAndWentWellIsNotKept() {
        assertThat(trail("GET", Target.Kind.READING).over(200)).isNull();
        assertThat(trail("GET", Target.Kind.OTHER).over(503)).isNull();
    }

    private static RequestTrail trail(String method, Target.Kind kind) {
        return new RequestTrail(AT, method, new byte[] {1, 2, 3, 4}, new Target(kind, UUID.randomUUID()));
    }
}
