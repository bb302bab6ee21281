package dev.halo.link.registered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.query.JobThreads;
import dev.halo.link.query.QueryConfig;
import dev.halo.link.queue.FairQueue;
import dev.halo.link.queue.QueueConfig;
import dev.halo.link.start.LinkHarness;
import dev.halo.link.start.TestConfig;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.RegisteredRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunJobsTest {

    private final TestConfig config = new TestConfig(Map.of("halo.link.query.background-threads", "1"));
    private final JobThreads threads = new JobThreads(config.of(QueryConfig.class));
    private final FairQueue queue = new FairQueue(config.of(QueueConfig.class), 1, 1, System::nanoTime);
    /** Without what executes: a run that begins all the same breaks. */
    private final RunJobs jobs = new RunJobs(null, null, threads, queue, config.of(RegisteredConfig.class));

    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile boolean served = true;

    private final RunJobs.Listener listener = new RunJobs.Listener() {

        @Override
        public boolean mayBegin(RegisteredRunTask task) {
            return served;
        }

        @Override
        public void notBegun(RegisteredRunTask task) {
            told.add("not begun");
        }

        @Override
        public void ended(RegisteredRunTask task, RunJobs.Ended how) {
            told.add("ended");
        }
    };

    @AfterEach
    void close() {
        jobs.close();
        threads.close();
    }

    private static RegisteredRunTask task() {
        UUID site = UUID.randomUUID();
        RegisteredRequest request = new RegisteredRequest(
                UUID.randomUUID(),
                site,
                UUID.randomUUID(),
                new Command("select 1", null, null, null),
                null,
                60,
                0,
                1_000,
                0,
                null,
                Instant.EPOCH);
        SiteDatabase database = new SiteDatabase(site, "zedmed", new DatabaseLocation("host", 0, "main.fdb"));
        return new RegisteredRunTask(request, database, "host:3050", 1, null);
    }

    @Test
    void beginsNoRunWhoseSiteWasLostWhileItWaitedForAThread() {
        // Given
        CountDownLatch busy = new CountDownLatch(1);
        threads.background(() -> {
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        jobs.run(task(), null, listener);

        // When
        served = false;
        busy.countDown();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> !told.isEmpty());
        assertThat(told).containsExactly("not begun");
    }
}
