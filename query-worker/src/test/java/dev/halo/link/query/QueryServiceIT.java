package dev.halo.link.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.enablement.AccessException;
import dev.halo.link.enablement.CatalogueAccess;
import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryServiceIT {

    @TempDir
    private Path directory;

    private LinkHarness link;

    @BeforeEach
    void prepare() throws Exception {
        link = new LinkHarness(directory).with("queue.site.immediate", "1").ready();
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
    }

    private QueryRequest running() {
        QueryRequest request = link.request(ExecutionMode.READER, "wait");
        link.send(request);
        link.awaitRunning(1);
        return request;
    }

    private QueryRequest queued() {
        QueryRequest request = link.request(ExecutionMode.READER, "select 1");
        link.send(request);
        await().atMost(LinkHarness.LONG).until(() -> link.link.queue().waiting() == 1);
        return request;
    }

    private boolean failedWith(QueryRequest request, LinkErrorCode code) {
        return link.failure(request.queryId()).is(code);
    }

    @Test
    void cancelsWhatIsQueuedAndWhatRuns() {
        // Given
        QueryRequest runs = running();
        QueryRequest waits = queued();

        // When
        link.session().send(new Frame.Cancel(waits.queryId(), LinkErrorCode.CANCELLED));
        link.session().send(new Frame.Cancel(runs.queryId(), LinkErrorCode.CANCELLED));

        // Then
        assertThat(failedWith(waits, LinkErrorCode.CANCELLED)).isTrue();
        assertThat(failedWith(runs, LinkErrorCode.CANCELLED)).isTrue();
    }

    @Test
    void remembersACancelThatCameFirst() {
        // Given
        QueryRequest request = link.request(ExecutionMode.READER, "select 1");
        link.session().send(new Frame.Cancel(request.queryId(), LinkErrorCode.CANCELLED));

        // When
        link.send(request);

        // Then
        assertThat(failedWith(request, LinkErrorCode.CANCELLED)).isTrue();
        assertThat(link.databases.executions).isEmpty();
    }

    @Test
    void runsACopyOfAQueryOnce() {
        // Given
        QueryRequest request = running();
        link.send(request);
        link.databases.permits.release();
        link.awaitOutcome(request.queryId());

        // When
        link.send(request);
        link.run(link.request(ExecutionMode.READER, "select 1"));

        // Then
        assertThat(link.databases.executions.stream()
                        .filter(execution -> execution.command().text().equals("wait")))
                .hasSize(1);
        assertThat(link.count("halo.link.queries.duplicate")).isEqualTo(2);
    }

    @Test
    void expiresWhatWaitedTooLong() {
        // Given
        running();
        QueryRequest request = link.request(ExecutionMode.READER, "select 1", 100);

        // When
        link.send(request);

        // Then
        assertThat(failedWith(request, LinkErrorCode.EXPIRED_IN_QUEUE)).isTrue();
    }

    @Test
    void expiresAtOnceWhatMayNotWait() {
        // Given
        running();
        QueryRequest request = link.request(ExecutionMode.READER, "select 1", 0);

        // When
        link.send(request);

        // Then
        assertThat(failedWith(request, LinkErrorCode.EXPIRED_IN_QUEUE)).isTrue();
    }

    @Test
    void endsEverythingOfAnIntegratorThatIsShutOut() throws Exception {
        // Given
        QueryRequest runs = running();
        QueryRequest waits = queued();

        // When
        link.link.enablement().disable(LinkHarness.ADMIN, link.site(), link.integrator);

        // Then
        assertThat(failedWith(runs, LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        assertThat(failedWith(waits, LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        assertThat(link.databases.revoked).contains(link.siteId() + "/" + link.integrator);
        await().atMost(LinkHarness.LONG)
                .until(() -> link.cloud.sites().get(0).enabledIntegrators().isEmpty());
        QueryRequest later = link.request(ExecutionMode.READER, "select 1");
        link.send(later);
        assertThat(failedWith(later, LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
    }

    @Test
    void noticesThatAccessWasRevokedInTheDatabase() {
        // Given
        QueryRequest runs = running();

        // When
        link.databases.access = CatalogueAccess.ROLE_MISSING;
        link.link.watch().lookSoon();

        // Then
        assertThat(failedWith(runs, LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        await().atMost(LinkHarness.LONG)
                .until(() -> link.cloud.sites().get(0).enabledIntegrators().isEmpty());
    }

    @Test
    void endsWhatIsQueuedAndFinishesWhatRunsWhenASiteIsSuperseded() {
        // Given
        QueryRequest runs = running();
        QueryRequest waits = queued();

        // When
        link.session().send(new Frame.Authority(9, List.of(new Frame.SiteAuthority(link.siteId(), true, false))));

        // Then
        assertThat(failedWith(waits, LinkErrorCode.SITE_SUPERSEDED)).isTrue();
        link.databases.permits.release();
        assertThat(link.awaitOutcome(runs.queryId()).outcome()).isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void refusesAnUnknownSite() {
        // Given
        QueryRequest known = link.request(ExecutionMode.READER, "select 1");
        QueryRequest request = new QueryRequest(
                UUID.randomUUID(),
                UUID.randomUUID(),
                known.integratorId(),
                known.mode(),
                known.command(),
                null,
                1000,
                0,
                known.createdAt());

        // When
        link.send(request);

        // Then
        assertThat(failedWith(request, LinkErrorCode.SITE_SUPERSEDED)).isTrue();
    }

    @Test
    void doesNotRunAWriteAgainAfterARestart() throws Exception {
        // Given
        link.session().acks = false;
        QueryRequest request = link.request(ExecutionMode.NON_QUERY, "update 1");
        assertThat(link.run(request).outcome()).isInstanceOf(Outcome.Affected.class);
        int before = link.databases.executions.size();

        // When
        link.link.close();
        int sessions = link.cloud.sessions.size();
        link.ready();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() > sessions);
        await().atMost(LinkHarness.LONG).until(() -> link.session().outcomes.containsKey(request.queryId()));
        assertThat(link.session().outcomes.get(request.queryId()).outcome()).isInstanceOf(Outcome.Affected.class);
        link.send(request);
        link.run(link.request(ExecutionMode.READER, "select 1"));
        assertThat(link.databases.executions).hasSize(before + 1);
    }

    @Test
    void tellsTheCloudOfADisabledIntegratorThoughItsDatabaseDoesNotAnswer() throws Exception {
        // Given
        CountDownLatch answers = new CountDownLatch(1);
        link.databases.onDisable = () -> {
            try {
                answers.await(LinkHarness.LONG.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        QueryRequest runs = running();

        // When
        CompletableFuture<Void> disabling = CompletableFuture.runAsync(() -> {
            try {
                link.link.enablement().disable(LinkHarness.ADMIN, link.site(), link.integrator);
            } catch (AccessException e) {
                throw new IllegalStateException(e);
            }
        });

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() -> link.cloud.sites().get(0).enabledIntegrators().isEmpty());
        assertThat(failedWith(runs, LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        assertThat(disabling).isNotDone();
        answers.countDown();
        disabling.get(LinkHarness.LONG.toSeconds(), TimeUnit.SECONDS);
    }
}
