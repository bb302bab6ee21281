package dev.halo.link.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.Outcome.Storage;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryRequest;
import io.vertx.core.MultiMap;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asyncs between a cloud of the test's and databases that are played. */
class AsyncQueriesIT {

    @TempDir
    private Path directory;

    private LinkHarness link;

    @BeforeEach
    void prepare() throws Exception {
        link = new LinkHarness(directory)
                .with("queue.site.async", "2")
                .with("query.background-threads", "1")
                .with("query.asyncs", "3")
                .ready();
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
    }

    private QueryRequest running() {
        QueryRequest request = link.async("wait");
        link.send(request);
        link.awaitRunning(1);
        await().atMost(LinkHarness.LONG)
                .until(() -> link.session().first(Frame.Executing.class).isPresent());
        return request;
    }

    private List<Frame> framesOf(UUID queryId) {
        return link.session().received.stream()
                .filter(frame -> frame instanceof Frame.Queued queued
                                && queued.queryId().equals(queryId)
                        || frame instanceof Frame.Executing executing
                                && executing.queryId().equals(queryId)
                        || frame instanceof Frame.Uploading uploading
                                && uploading.queryId().equals(queryId)
                        || frame instanceof Frame.Ended ended && ended.queryId().equals(queryId))
                .toList();
    }

    private String page(UUID queryId, int number) throws IOException {
        byte[] body = link.cloud.uploads.get(LinkApi.pagePath(queryId, number));
        try (ZstdInputStreamNoFinalizer zstd = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(body))) {
            return new String(zstd.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void saysHowFarItIsAndEndsWhenEveryPageIsStored() throws Exception {
        // Given
        QueryRequest request = link.async("pages 12");

        // When
        Outcome.Rows rows = (Outcome.Rows) link.run(request).outcome();

        // Then
        assertThat(rows.storage()).isEqualTo(Storage.STORED);
        assertThat(rows.pages()).isEqualTo(12);
        assertThat(rows.rows()).isEqualTo(12);
        assertThat(link.cloud.uploads).hasSize(12);
        assertThat(page(request.queryId(), 7)).isEqualTo("[{\"A\":7}]");
        MultiMap headers = link.cloud.headersOf.get(LinkApi.pagePath(request.queryId(), 7));
        assertThat(headers.get(LinkApi.HEADER_ROWS)).isEqualTo("1");
        assertThat(headers.get(LinkApi.HEADER_FIRST_ROW)).isEqualTo("6");
        assertThat(headers.get(LinkApi.HEADER_SIZE)).isEqualTo("9");
        assertThat(headers.get(LinkApi.HEADER_CREATED_AT))
                .isEqualTo(request.createdAt().toString());
        assertThat(framesOf(request.queryId()))
                .extracting(frame -> (Object) frame.getClass())
                .containsExactly(Frame.Queued.class, Frame.Executing.class, Frame.Uploading.class, Frame.Ended.class);
        Produced produced =
                link.session().first(Frame.Uploading.class).orElseThrow().produced();
        assertThat(produced.pages()).isEqualTo(12);
        assertThat(produced.size()).isEqualTo(rows.size());
        assertThat(link.link.spool().used()).isZero();
    }

    @Test
    void aWriteHasNoPages() {
        // Given
        QueryRequest request = link.async(ExecutionMode.NON_QUERY, "update 1", 10_000);

        // When
        Outcome outcome = link.run(request).outcome();

        // Then
        assertThat(outcome).isInstanceOf(Outcome.Affected.class);
        assertThat(link.cloud.uploadAttempts).isEmpty();
        assertThat(framesOf(request.queryId()))
                .extracting(frame -> (Object) frame.getClass())
                .containsExactly(Frame.Queued.class, Frame.Executing.class, Frame.Ended.class);
        assertThat(link.link.journal().knows(request.queryId())).isTrue();
    }

    @Test
    void anImmediateDoesNotWaitForAsyncs() {
        // Given
        running();
        link.send(link.async("wait"));
        link.send(link.async("wait"));

        // When
        Outcome outcome =
                link.run(link.request(ExecutionMode.READER, "select 1")).outcome();

        // Then
        assertThat(outcome).isInstanceOf(Outcome.Rows.class);
        await().atMost(LinkHarness.LONG).until(() -> link.link.queries().unfinished() == 3);
    }

    @Test
    void handsBackWhatIsBeyondItsBound() {
        // Given
        running();
        link.send(link.async("wait"));
        link.send(link.async("wait"));
        QueryRequest tooMany = link.async("select 1");

        // When
        Outcome outcome = link.run(tooMany).outcome();

        // Then
        assertThat(outcome).isEqualTo(new Outcome.Released(ReleaseCause.NO_CREDIT));
    }

    @Test
    void expiresInTheQueue() {
        // Given
        running();
        QueryRequest request = link.async(ExecutionMode.READER, "select 1", 100);

        // When
        link.send(request);

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.EXPIRED_IN_QUEUE))
                .isTrue();
        assertThat(framesOf(request.queryId())).noneMatch(Frame.Executing.class::isInstance);
    }

    @Test
    void remembersACancelThatCameFirst() {
        // Given
        QueryRequest request = link.async("select 1");
        link.session().send(new Frame.Cancel(request.queryId(), LinkErrorCode.CANCELLED));

        // When
        link.send(request);

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.CANCELLED)).isTrue();
        assertThat(link.databases.executions).isEmpty();
    }

    @Test
    void tellsTheNextSessionWhatItHoldsAndHowFarThatIs() {
        // Given
        QueryRequest runs = running();
        QueryRequest waits = link.async("select 1");
        link.send(waits);
        await().atMost(LinkHarness.LONG).until(() -> link.link.queue().waiting() == 1);
        int sessions = link.cloud.sessions.size();

        // When
        link.session().close();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() > sessions);
        await().atMost(LinkHarness.LONG).untilAsserted(() -> assertThat(framesOf(runs.queryId()))
                .containsExactly(new Frame.Executing(runs.queryId(), link.siteId())));
        assertThat(framesOf(waits.queryId())).containsExactly(new Frame.Queued(waits.queryId(), link.siteId()));
        assertThat(link.session().first(Frame.Hello.class).orElseThrow().held())
                .containsExactlyInAnyOrder(runs.queryId(), waits.queryId());
    }

    @Test
    void saysAgainNowAndThenWhatExecutes() throws Exception {
        // Given
        link.close();
        link = new LinkHarness(Files.createDirectory(directory.resolve("again")))
                .with("query.repeat-progress", "PT0.1S");
        link.ready();

        // When
        QueryRequest request = running();

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() -> link.session().all(Frame.Executing.class).size() >= 3);
        assertThat(framesOf(request.queryId())).startsWith(new Frame.Queued(request.queryId(), link.siteId()));
    }

    @Test
    void runsACopyOfAQueryOnceAndSaysHowFarItIs() {
        // Given
        QueryRequest request = running();

        // When
        link.send(request);

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() -> link.session().all(Frame.Executing.class).size() == 2);
        link.databases.permits.release();
        assertThat(link.awaitOutcome(request.queryId()).outcome()).isInstanceOf(Outcome.Rows.class);
        assertThat(link.databases.executions).hasSize(1);
    }

    @Test
    void handsBackWhatHasNotBegunWhenTheLinkStopsAndCancelsWhatRuns() {
        // Given
        QueryRequest runs = running();
        QueryRequest waits = link.async("select 1");
        link.send(waits);
        await().atMost(LinkHarness.LONG).until(() -> link.link.queue().waiting() == 1);

        // When
        link.link.close();
        link.link = null;

        // Then
        assertThat(link.awaitOutcome(waits.queryId()).outcome())
                .isEqualTo(new Outcome.Released(ReleaseCause.LINK_STOPPING));
        assertThat(link.failure(runs.queryId()).is(LinkErrorCode.LINK_SHUTTING_DOWN))
                .isTrue();
    }

    @Test
    void runsAfterARestartWhatWasHandedBack() throws Exception {
        // Given
        running();
        QueryRequest waits = link.async("select 1");
        link.send(waits);
        await().atMost(LinkHarness.LONG).until(() -> link.link.queue().waiting() == 1);
        link.link.close();
        int sessions = link.cloud.sessions.size();
        link.start();
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() > sessions);
        link.awaitSession();

        // When
        link.send(waits);

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.session().outcomes.containsKey(waits.queryId()));
        assertThat(link.session().outcomes.get(waits.queryId()).outcome()).isInstanceOf(Outcome.Rows.class);
    }
}
