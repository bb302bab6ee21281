package dev.halo.link.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.link.execution.ResultPage;
import dev.halo.link.execution.RowsNotKept;
import dev.halo.link.start.TestConfig;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagedUploadTest {

    private static final QueryFailure CANCELLED = LinkErrorCode.CANCELLED.failure("cancelled");

    @TempDir
    private Path directory;

    private final List<Optional<QueryFailure>> ends = new ArrayList<>();
    private final UploadConfig config =
            new TestConfig(Map.of("halo.link.upload.pages-in-flight-per-result", "2")).of(UploadConfig.class);
    private Spool spool;
    private PagedUpload upload;

    @BeforeEach
    void prepare() {
        upload(10_000);
    }

    private void upload(long spoolBytes) {
        QueryRequest request = new QueryRequest(
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                QueryMode.ASYNC,
                new Command("select 1", null, null, null),
                null,
                0,
                QueryRequest.NO_REPLY_SLOT,
                Instant.EPOCH);
        spool = new Spool(directory, spoolBytes);
        upload = new PagedUpload(request, spool, config, new Retry(config, pause -> pause), () -> {}, Runnable::run);
    }

    private static ResultPage page(int number) {
        byte[] rows = "[{}]".getBytes(StandardCharsets.UTF_8);
        return new ResultPage(number, rows, rows.length, number - 1L, 1);
    }

    @Test
    void hasSoManyPagesInFlightAtOnce() throws Exception {
        // Given
        for (int number = 1; number <= 3; number++) {
            upload.page(page(number));
        }
        SpooledPage first = upload.next(0).orElseThrow();
        upload.next(0).orElseThrow();

        // When
        Optional<SpooledPage> third = upload.next(0);

        // Then
        assertThat(third).isEmpty();
        upload.answered(first, new Answer.Stored(), 0);
        assertThat(upload.next(0)).isPresent();
    }

    @Test
    void endsWhenTheLastPageIsStored() throws Exception {
        // Given
        upload.page(page(1));
        SpooledPage page = upload.next(0).orElseThrow();
        upload.finish(ends::add);

        // When
        boolean early = !ends.isEmpty();
        upload.answered(page, new Answer.Stored(), 0);

        // Then
        assertThat(early).isFalse();
        assertThat(ends).containsExactly(Optional.empty());
        assertThat(spool.used()).isZero();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void sendsAPageAgainBeforeTheOnesAfterIt() throws Exception {
        // Given
        upload.page(page(1));
        upload.page(page(2));
        SpooledPage first = upload.next(0).orElseThrow();

        // When
        upload.answered(first, new Answer.Later(Duration.ofSeconds(9)), 0);

        // Then
        assertThat(upload.next(Duration.ofSeconds(8).toNanos())).isEmpty();
        assertThat(upload.next(Duration.ofSeconds(9).toNanos())).contains(first);
    }

    @Test
    void takesNoMorePagesAfterARefusal() throws Exception {
        // Given
        upload.page(page(1));
        upload.page(page(2));
        SpooledPage first = upload.next(0).orElseThrow();

        // When
        upload.answered(first, new Answer.Refused(410), 0);

        // Then
        assertThatThrownBy(() -> upload.page(page(3))).isInstanceOfSatisfying(RowsNotKept.class, refused -> assertThat(
                        refused.failure().code())
                .isEqualTo(410));
        assertThat(spool.used()).isZero();
        upload.finish(ends::add);
        assertThat(ends).hasSize(1);
        assertThat(ends.get(0)).map(QueryFailure::code).contains(410);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anAbortBreaksOffWhatIsInFlightAndEndsOnce() throws Exception {
        // Given
        List<SpooledPage> brokenOff = new ArrayList<>();
        upload.page(page(1));
        upload.page(page(2));
        SpooledPage first = upload.next(0).orElseThrow();
        upload.sending(first, () -> brokenOff.add(first));
        upload.finish(ends::add);

        // When
        upload.abort(CANCELLED);
        upload.answered(first, new Answer.Later(Duration.ZERO), 0);
        upload.abort(LinkErrorCode.INTERNAL.failure("later"));

        // Then
        assertThat(brokenOff).containsExactly(first);
        assertThat(ends).containsExactly(Optional.of(CANCELLED));
        assertThat(spool.used()).isZero();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void neverWaitsWhileTheStatementHoldsRowLocks() {
        // Given
        upload(1_000);
        upload.neverWaitWhen(() -> true);

        // When
        assertThatThrownBy(() -> {
                    for (int number = 1; number <= 1_000; number++) {
                        upload.page(page(number));
                    }
                })
                // Then
                .isInstanceOfSatisfying(RowsNotKept.class, full -> {
                    assertThat(full.failure().type()).isEqualTo(ErrorType.HTTP);
                    assertThat(full.failure().message()).contains("spool is full");
                });
        assertThat(upload.waitedNanos()).isLessThan(config.spool().waitFor().toNanos());
    }

    @Test
    void leavesNothingOfAStatementThatFailed() throws Exception {
        // Given
        upload.page(page(1));
        upload.page(page(2));

        // When
        upload.discard();

        // Then
        assertThat(upload.hasEnded()).isTrue();
        assertThat(spool.used()).isZero();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void doesNotWaitForRoomAfterTheStatementWasStopped() {
        // Given
        upload(1_000);
        QueryFailure disabled = LinkErrorCode.INTEGRATOR_DISABLED.failure("disabled");
        upload.stopsWhen(() -> Optional.of(disabled));

        // When
        assertThatThrownBy(() -> {
                    for (int number = 1; number <= 1_000; number++) {
                        upload.page(page(number));
                    }
                })
                // Then
                .isInstanceOfSatisfying(RowsNotKept.class, stopped -> assertThat(stopped.failure())
                        .isEqualTo(disabled));
        assertThat(upload.waitedNanos()).isLessThan(config.spool().waitFor().toNanos());
    }
}
