package dev.halo.gateway.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.query.LinkErrorCode;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconciliationTest {

    private static final Instant NOW = Instant.parse("2025-01-01T10:00:00Z");
    private static final UUID JOURNAL = UUID.randomUUID();
    private static final UUID NEXT = UUID.randomUUID();

    /** AGAIN: sent anew; UNKNOWN: 1001; LOST: 1099. */
    @ParameterizedTest
    @CsvSource({
        "INITIALISING, true,  same,  AGAIN",
        "QUEUED,       true,  same,  AGAIN",
        "EXECUTING,    true,  same,  AGAIN",
        "INITIALISING, true,  other, UNKNOWN",
        "QUEUED,       true,  other, UNKNOWN",
        "EXECUTING,    true,  other, UNKNOWN",
        "QUEUED,       true,  none,  UNKNOWN",
        "INITIALISING, false, same,  AGAIN",
        "EXECUTING,    false, same,  AGAIN",
        "UPLOADING,    false, same,  AGAIN",
        "INITIALISING, false, other, AGAIN",
        "QUEUED,       false, other, AGAIN",
        "EXECUTING,    false, other, LOST",
        "UPLOADING,    false, other, LOST"
    })
    void whatIsNotHeldIsSentAgainOrEnds(AsyncStatus status, boolean write, String journal, String expected) {
        AsyncQuery query = write ? Queries.write(status) : Queries.read(status);
        UUID before =
                switch (journal) {
                    case "same" -> JOURNAL;
                    case "other" -> UUID.randomUUID();
                    default -> null;
                };

        AsyncQuery after = rules(Set.of()).of(query, before, NOW);

        assertThat(what(after)).isEqualTo(expected);
    }

    @Test
    void whatIsHeldGoesOnInTheNewSession() {
        AsyncQuery query = Queries.write(AsyncStatus.INITIALISING);

        AsyncQuery after = rules(Set.of(query.id())).of(query, UUID.randomUUID(), NOW);

        assertThat(after.status()).isEqualTo(AsyncStatus.QUEUED);
        assertThat(after.progress().sessionId()).isEqualTo(NEXT);
    }

    @Test
    void aReadWhosePageWasGivenDoesNotBeginAnew() {
        AsyncQuery query = Queries.query(AsyncStatus.UPLOADING, false, draft -> draft.pagesGiven = true);

        assertThat(what(rules(Set.of()).of(query, JOURNAL, NOW))).isEqualTo("LOST");
    }

    @Test
    void whatItsLinkCannotBearIsNotSentForEver() {
        AsyncQuery query = Queries.query(AsyncStatus.EXECUTING, false, draft -> draft.runs = 3);

        assertThat(what(rules(Set.of()).of(query, JOURNAL, NOW))).isEqualTo("LOST");
    }

    @Test
    void aCancelledOneIsNotSentAgain() {
        AsyncQuery query =
                Queries.query(AsyncStatus.QUEUED, true, draft -> draft.cancel = LinkErrorCode.INTEGRATOR_DISABLED);

        AsyncQuery after = rules(Set.of()).of(query, JOURNAL, NOW);

        assertThat(after.progress().failure().is(LinkErrorCode.INTEGRATOR_DISABLED))
                .isTrue();
    }

    private static Reconciliation rules(Set<UUID> held) {
        return new Reconciliation(new Reconciliation.Opened(NEXT, JOURNAL, held), 3);
    }

    private static String what(AsyncQuery after) {
        if (after.status() == AsyncStatus.INITIALISING && after.progress().sessionId() == null) {
            return "AGAIN";
        }
        assertThat(after.status()).isEqualTo(AsyncStatus.EXECUTION_FAILED);
        return after.progress().failure().is(LinkErrorCode.OUTCOME_UNKNOWN) ? "UNKNOWN" : "LOST";
    }
}
