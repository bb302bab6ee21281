package dev.halo.gateway.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.Timing;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TransitionsTest {

    private static final Instant NOW = Instant.parse("2025-01-01T10:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "INITIALISING, queued, QUEUED",
        "INITIALISING, executing, EXECUTING",
        "INITIALISING, uploading, UPLOADING",
        "INITIALISING, succeeded, SUCCESSFUL",
        "INITIALISING, failed, EXECUTION_FAILED",
        "INITIALISING, expired, EXPIRED_IN_QUEUE",
        "INITIALISING, transport, UPLOAD_FAILED",
        "INITIALISING, released, INITIALISING",
        "QUEUED, queued, -",
        "QUEUED, executing, EXECUTING",
        "QUEUED, uploading, UPLOADING",
        "QUEUED, succeeded, SUCCESSFUL",
        "QUEUED, failed, EXECUTION_FAILED",
        "QUEUED, expired, EXPIRED_IN_QUEUE",
        "QUEUED, released, INITIALISING",
        "EXECUTING, queued, -",
        "EXECUTING, executing, -",
        "EXECUTING, uploading, UPLOADING",
        "EXECUTING, succeeded, SUCCESSFUL",
        "EXECUTING, failed, EXECUTION_FAILED",
        "EXECUTING, released, -",
        "UPLOADING, queued, -",
        "UPLOADING, executing, -",
        "UPLOADING, uploading, -",
        "UPLOADING, succeeded, SUCCESSFUL",
        "UPLOADING, transport, UPLOAD_FAILED",
        "UPLOADING, failed, EXECUTION_FAILED",
        "UPLOADING, released, -"
    })
    void eachReportMovesItForwardOnly(AsyncStatus from, String report, String to) {
        AsyncQuery query = Queries.read(from);

        Optional<AsyncQuery> after = report(report).apply(query);

        assertThat(after.map(one -> one.status().name()).orElse("-")).isEqualTo(to);
    }

    @ParameterizedTest
    @EnumSource(value = AsyncStatus.class)
    void nothingComesAfterAnEnd(AsyncStatus end) {
        if (!end.isEnd()) {
            return;
        }
        AsyncQuery query = Queries.read(end);

        for (String report : List.of(
                "queued", "executing", "uploading", "succeeded", "failed", "expired", "transport", "released")) {
            assertThat(report(report).apply(query)).as(report).isEmpty();
        }
    }

    @Test
    void whoeverReportsItHoldsIt() {
        UUID other = UUID.randomUUID();

        AsyncQuery after = Transitions.executing(Queries.read(AsyncStatus.QUEUED), other, NOW)
                .orElseThrow();

        assertThat(after.progress().sessionId()).isEqualTo(other);
        assertThat(after.progress().runs()).isEqualTo(1);
    }

    @Test
    void aReleaseOfAnotherSessionIsOldNews() {
        AsyncQuery query = Queries.read(AsyncStatus.INITIALISING);

        assertThat(Transitions.released(query, UUID.randomUUID(), NOW, NOW)).isEmpty();
    }

    @Test
    void aReleasedQueryWaitsHereAgain() {
        AsyncQuery after = Transitions.released(
                        Queries.read(AsyncStatus.INITIALISING), Queries.SESSION, NOW.plusSeconds(3), NOW)
                .orElseThrow();

        assertThat(after.progress().sessionId()).isNull();
        assertThat(after.progress().holdUntil()).isEqualTo(NOW.plusSeconds(3));
    }

    @Test
    void aReleasedQueryThatSomebodyCancelledEndsSo() {
        AsyncQuery cancelled =
                Queries.query(AsyncStatus.INITIALISING, true, draft -> draft.cancel = LinkErrorCode.SITE_SUPERSEDED);

        AsyncQuery after = Transitions.released(cancelled, Queries.SESSION, NOW.plusSeconds(3), NOW)
                .orElseThrow();

        assertThat(after.status()).isEqualTo(AsyncStatus.EXECUTION_FAILED);
        assertThat(after.progress().failure().is(LinkErrorCode.SITE_SUPERSEDED)).isTrue();
    }

    @Test
    void aCancelledReadEndsAtOnce() {
        AsyncQuery after = Transitions.cancelled(Queries.read(AsyncStatus.EXECUTING), LinkErrorCode.CANCELLED, NOW)
                .orElseThrow();

        assertThat(after.status()).isEqualTo(AsyncStatus.EXECUTION_FAILED);
        assertThat(after.progress().failure().is(LinkErrorCode.CANCELLED)).isTrue();
        assertThat(after.progress().pagesRemoved()).isTrue();
    }

    @Test
    void aCancelledWriteThatMayBeUnderWayHasItsEndFromTheLink() {
        AsyncQuery after = Transitions.cancelled(Queries.write(AsyncStatus.QUEUED), LinkErrorCode.CANCELLED, NOW)
                .orElseThrow();

        assertThat(after.status()).isEqualTo(AsyncStatus.QUEUED);
        assertThat(after.progress().cancel()).isEqualTo(LinkErrorCode.CANCELLED);
        assertThat(report("succeeded").apply(after))
                .hasValueSatisfying(end -> assertThat(end.status()).isEqualTo(AsyncStatus.SUCCESSFUL));
    }

    @Test
    void cancellingAnEndedQueryRemovesItsPagesOnce() {
        AsyncQuery after = Transitions.cancelled(Queries.read(AsyncStatus.SUCCESSFUL), LinkErrorCode.CANCELLED, NOW)
                .orElseThrow();

        assertThat(after.status()).isEqualTo(AsyncStatus.SUCCESSFUL);
        assertThat(after.progress().pagesRemoved()).isTrue();
        assertThat(Transitions.cancelled(after, LinkErrorCode.CANCELLED, NOW)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"INITIALISING, true", "QUEUED, true", "EXECUTING, false", "UPLOADING, false", "SUCCESSFUL, false"})
    void supersededEndsWhatHasNotBegun(AsyncStatus status, boolean ends) {
        Optional<AsyncQuery> after = Transitions.superseded(Queries.read(status), NOW);

        assertThat(after.isPresent()).isEqualTo(ends);
        after.ifPresent(one -> {
            assertThat(one.progress().failure().is(LinkErrorCode.SITE_SUPERSEDED))
                    .isTrue();
            assertThat(one.progress().pagesRemoved()).isFalse();
        });
    }

    private static Function<AsyncQuery, Optional<AsyncQuery>> report(String name) {
        QueryFailure failure = new QueryFailure(ErrorType.FBSQL, 335544569, "no");
        return switch (name) {
            case "queued" -> query -> Transitions.queued(query, Queries.SESSION, NOW);
            case "executing" -> query -> Transitions.executing(query, Queries.SESSION, NOW);
            case "uploading" ->
                query -> Transitions.uploading(query, Queries.SESSION, new Produced(1, 2, 1, Timing.NONE), NOW);
            case "succeeded" ->
                query -> Transitions.succeeded(query, AsyncResult.ofRows(1, 2, 1, List.of()), Timing.NONE, NOW);
            case "failed" -> query -> Transitions.failed(query, failure, NOW);
            case "expired" -> query -> Transitions.failed(query, LinkErrorCode.EXPIRED_IN_QUEUE.failure("late"), NOW);
            case "transport" -> query -> Transitions.failed(query, new QueryFailure(ErrorType.HTTP, 503, "no"), NOW);
            default -> query -> Transitions.released(query, Queries.SESSION, null, NOW);
        };
    }
}
