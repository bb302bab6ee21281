package dev.halo.link.registered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import org.junit.jupiter.api.Test;

/** What a new session or a restart of the Link changes of registered queries, and what it must not. */
class RegisteredSessionsIT extends RegisteredFixture {

    @Test
    void tellsTheNextSessionOfRunsThatWereNotConfirmed() throws Exception {
        // Given
        link.ready();
        link.session().acks = false;
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        RegisteredRun run = awaitRuns(request, 1).get(0);
        int sessions = link.cloud.sessions.size();

        // When
        link.session().close();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() > sessions);
        await().atMost(LinkHarness.LONG).until(() -> link.session().all(Frame.Ran.class).stream()
                .anyMatch(ran -> ran.run().equals(run)));
        await().atMost(LinkHarness.LONG)
                .until(() -> link.link.registered().unacked().isEmpty());
        assertThat(link.databases.executions).hasSize(1);
    }

    @Test
    void goesOnWithItsGridWhenANewSessionBringsItAgain() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        awaitRuns(request, 1);

        // When
        link.session().send(new Frame.Register(request));

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() -> link.session().all(Frame.Queued.class).size() == 2);
        link.run(link.request(ExecutionMode.READER, "select 1"));
        assertThat(runs(request)).hasSize(1);
    }

    @Test
    void forgetsWhatANewSessionDoesNotBringAgain() throws Exception {
        // Given
        link.with("registered.confirm-within", "PT0.5S").ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        awaitRuns(request, 1);

        // When
        link.session().close();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.link.registered().held() == 0);
        assertThat(link.cloud.sessions).hasSizeGreaterThan(1);
    }

    @Test
    void journalsEachRunThatWritesAndTellsOfItAfterARestart() throws Exception {
        // Given
        link.ready();
        link.session().acks = false;
        RegisteredRequest request = register(ExecutionMode.NON_QUERY, "update 1", 60, LONG_MILLIS);
        RegisteredRun run = awaitRuns(request, 1).get(0);
        assertThat(run.outcome()).isInstanceOf(Outcome.Affected.class);
        assertThat(link.link.journal().knows(run.runId())).isTrue();
        int sessions = link.cloud.sessions.size();

        // When
        link.link.close();
        link.start();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() > sessions);
        RegisteredRun again = await().atMost(LinkHarness.LONG)
                .until(() -> link.session().all(Frame.Ran.class), all -> !all.isEmpty())
                .get(0)
                .run();
        assertThat(again.runId()).isEqualTo(run.runId());
        assertThat(again.number()).isEqualTo(run.number());
        assertThat(again.outcome()).isInstanceOf(Outcome.Affected.class);
        assertThat(link.session().outcomes).isEmpty();
    }

    @Test
    void neverUsesANumberAgainAfterARestart() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        RegisteredRun before = awaitRuns(request, 1).get(0);
        await().atMost(LinkHarness.LONG)
                .until(() -> link.link.registered().unacked().isEmpty());
        int sessions = link.cloud.sessions.size();
        link.link.close();
        link.start();
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() > sessions);
        link.awaitSession();

        // When
        link.session().send(new Frame.Register(request));

        // Then
        RegisteredRun after = awaitRuns(request, 2).get(1);
        assertThat(after.number()).isGreaterThan(before.number());
    }

    @Test
    void neverUsesANumberAgainOfAQueryThatItHadLetGo() throws Exception {
        // Given
        link.with("registered.confirm-within", "PT0.3S").ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        awaitRuns(request, 1);
        link.session().close();
        await().atMost(LinkHarness.LONG).until(() -> link.link.registered().held() == 0);

        // When
        link.session().send(new Frame.Register(request));

        // Then
        assertThat(awaitRuns(request, 2)).extracting(RegisteredRun::number).containsExactly(1L, 2L);
    }
}
