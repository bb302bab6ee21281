package dev.halo.link.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.cloud.FakeCloud.UploadAnswer;
import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asyncs whose pages the gateway or the disk does not take. */
class UploadTroubleIT {

    private static final UploadAnswer NEVER = UploadAnswer.of(-1);
    private static final UploadAnswer BROKEN = UploadAnswer.of(0);
    private static final UploadAnswer STORED = UploadAnswer.of(204);

    @TempDir
    private Path directory;

    private LinkHarness link;

    @BeforeEach
    void prepare() throws Exception {
        link = new LinkHarness(directory).with("upload.min-back-off", "PT0.02S").with("upload.max-back-off", "PT0.1S");
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
    }

    private Path spool() {
        return directory.resolve("data/spool");
    }

    private void assertThatNothingIsLeft() {
        await().atMost(LinkHarness.LONG).untilAsserted(() -> {
            assertThat(link.link.spool().used()).isZero();
            assertThat(spool()).isEmptyDirectory();
        });
    }

    private void assertThatImmediatesRun() {
        assertThat(link.run(link.request(ExecutionMode.READER, "select 1")).outcome())
                .isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void sendsAgainWhatBroke() throws Exception {
        // Given
        link.ready();
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        link.cloud.uploadAnswer = path -> switch (seen.merge(path, 1, Integer::sum)) {
            case 1 -> BROKEN;
            case 2 -> UploadAnswer.of(500);
            default -> STORED;
        };

        // When
        Outcome outcome = link.run(link.async("pages 8")).outcome();

        // Then
        assertThat(((Outcome.Rows) outcome).pages()).isEqualTo(8);
        assertThat(link.cloud.uploads).hasSize(8);
        assertThatNothingIsLeft();
    }

    @Test
    void sendsAgainWhatWasStoredWhereTheAnswerWasLost() throws Exception {
        // Given
        link.with("upload.attempt-timeout", "PT1S").ready();
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        link.cloud.uploadAnswer = path -> seen.merge(path, 1, Integer::sum) == 1 ? NEVER : STORED;

        // When
        QueryRequest request = link.async("pages 1");
        Outcome outcome = link.run(request).outcome();

        // Then
        assertThat(outcome).isInstanceOf(Outcome.Rows.class);
        String path = LinkApi.pagePath(request.queryId(), 1);
        assertThat(link.cloud.uploadAttempts).hasSizeGreaterThan(1).containsOnly(path);
    }

    @Test
    void waitsAsLongAsTheGatewayAsks() throws Exception {
        // Given
        link.ready();
        List<Long> attempts = new CopyOnWriteArrayList<>();
        link.cloud.uploadAnswer = path -> {
            attempts.add(System.nanoTime());
            return attempts.size() == 1 ? new UploadAnswer(503, 1) : STORED;
        };

        // When
        Outcome outcome = link.run(link.async("pages 1")).outcome();

        // Then
        assertThat(outcome).isInstanceOf(Outcome.Rows.class);
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(1) - attempts.get(0)).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void givesUpAfterItsLimit() throws Exception {
        // Given
        link.with("upload.retry-for", "PT0.5S").ready();
        link.cloud.uploadStatus = 503;
        QueryRequest request = link.async("pages 3");

        // When
        link.send(request);

        // Then
        QueryFailure failure = link.failure(request.queryId());
        assertThat(failure.type()).isEqualTo(ErrorType.HTTP);
        assertThat(failure.code()).isEqualTo(503);
        assertThat(link.cloud.uploadAttempts).hasSizeGreaterThan(1);
        assertThatNothingIsLeft();
    }

    @Test
    void takesARefusalAsFinal() throws Exception {
        // Given
        link.ready();
        link.cloud.uploadStatus = 409;
        QueryRequest request = link.async("pages 1");

        // When
        link.send(request);

        // Then
        QueryFailure failure = link.failure(request.queryId());
        assertThat(failure.type()).isEqualTo(ErrorType.HTTP);
        assertThat(failure.code()).isEqualTo(409);
        assertThat(link.cloud.uploadAttempts).hasSize(1);
        assertThatNothingIsLeft();
    }

    @Test
    void aCancelEndsTheUpload() throws Exception {
        // Given
        link.ready();
        link.cloud.uploadAnswer = path -> NEVER;
        QueryRequest request = link.async("pages 20");
        link.send(request);
        await().atMost(LinkHarness.LONG)
                .until(() -> link.session().first(Frame.Uploading.class).isPresent()
                        && link.cloud.uploadAttempts.size() >= 3);

        // When
        link.session().send(new Frame.Cancel(request.queryId(), LinkErrorCode.CANCELLED));

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.CANCELLED)).isTrue();
        assertThatNothingIsLeft();
        assertThat(link.cloud.uploadAttempts).hasSizeLessThan(20);
    }

    @Test
    void readingWaitsForRoomInTheSpool() throws Exception {
        // Given
        link.with("upload.spool.max-bytes", "500")
                .with("upload.attempt-timeout", "PT0.5S")
                .ready();
        link.cloud.uploadAnswer = path -> NEVER;
        QueryRequest request = link.async("pages 30");
        link.send(request);
        await().atMost(LinkHarness.LONG).until(() -> !link.cloud.uploadAttempts.isEmpty());
        assertThatImmediatesRun();
        assertThat(link.session().first(Frame.Uploading.class)).isEmpty();
        assertThat(link.link.spool().used()).isLessThanOrEqualTo(500);

        // When
        link.cloud.uploadAnswer = path -> STORED;

        // Then
        assertThat(((Outcome.Rows) link.awaitOutcome(request.queryId()).outcome()).pages())
                .isEqualTo(30);
        assertThat(link.cloud.uploads).hasSize(30);
        assertThatNothingIsLeft();
    }

    @Test
    void aSpoolThatStaysFullFailsTheQuery() throws Exception {
        // Given
        link.with("upload.spool.max-bytes", "500")
                .with("upload.spool.wait-for", "PT0.3S")
                .ready();
        link.cloud.uploadStatus = 503;
        QueryRequest request = link.async("pages 30");

        // When
        link.send(request);

        // Then
        QueryFailure failure = link.failure(request.queryId());
        assertThat(failure.type()).isEqualTo(ErrorType.HTTP);
        assertThat(failure.message()).contains("spool is full");
        assertThatImmediatesRun();
        assertThatNothingIsLeft();
    }

    @Test
    void aCancelEndsTheWaitForRoom() throws Exception {
        // Given
        link.with("upload.spool.max-bytes", "500").ready();
        link.cloud.uploadAnswer = path -> NEVER;
        QueryRequest request = link.async("pages 30");
        link.send(request);
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.uploadAttempts.size() >= 2);

        // When
        link.session().send(new Frame.Cancel(request.queryId(), LinkErrorCode.CANCELLED));

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.CANCELLED)).isTrue();
        assertThatNothingIsLeft();
    }

    @Test
    void aDiskThatTakesNothingFailsAsyncsOnly() throws Exception {
        // Given
        link.ready();
        Files.delete(spool());
        QueryRequest request = link.async("pages 2");

        // When
        link.send(request);

        // Then
        QueryFailure failure = link.failure(request.queryId());
        assertThat(failure.type()).isEqualTo(ErrorType.HTTP);
        assertThat(failure.message()).contains("disk");
        assertThatImmediatesRun();
        Files.createDirectory(spool());
        assertThat(link.run(link.async("pages 2")).outcome()).isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void removesAtItsStartWhatWasLeft() throws Exception {
        // Given
        link.ready();
        link.link.close();
        Files.createDirectory(spool().resolve("left"));
        Files.writeString(spool().resolve("left/1"), "rows");

        // When
        link.start();

        // Then
        assertThat(spool()).isEmptyDirectory();
    }
}
