package dev.halo.link.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.cloud.FakeSession;
import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgeSessionIT {

    @TempDir
    private Path directory;

    private LinkHarness link;

    @BeforeEach
    void prepare() throws Exception {
        link = new LinkHarness(directory);
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
    }

    @Test
    void opensASessionAndRunsAQuery() throws Exception {
        // Given
        link.ready();

        // When
        var outcome = link.run(link.request(ExecutionMode.READER, "select 1"));

        // Then
        assertThat(outcome.outcome()).isInstanceOf(Outcome.Rows.class);
        assertThat(StandardCharsets.UTF_8.decode(outcome.rows()).toString()).isEqualTo("[{\"A\":1}]");
        Frame.Hello hello = link.session().first(Frame.Hello.class).orElseThrow();
        assertThat(hello.journalId()).isEqualTo(link.link.journal().journalId());
        assertThat(link.session().all(Frame.Credit.class)).contains(new Frame.Credit(link.siteId(), 256));
    }

    @Test
    void comesBackAndSendsAgainWhatIsNotConfirmed() throws Exception {
        // Given
        link.ready();
        FakeSession first = link.session();
        first.acks = false;
        QueryRequest request = link.request(ExecutionMode.READER, "select 1");
        link.run(request);

        // When
        first.close();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() == 2);
        await().atMost(LinkHarness.LONG).until(() -> link.session().outcomes.containsKey(request.queryId()));
        assertThat(link.session().first(Frame.Hello.class).orElseThrow().held()).containsExactly(request.queryId());
    }

    @Test
    void deliversWhatRanOverABrokenSession() throws Exception {
        // Given
        link.ready();
        QueryRequest request = link.request(ExecutionMode.READER, "wait");
        link.send(request);
        link.awaitRunning(1);
        FakeSession first = link.session();

        // When
        first.close();
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() == 2);
        link.databases.permits.release();

        // Then
        assertThat(link.awaitOutcome(request.queryId()).outcome()).isInstanceOf(Outcome.Rows.class);
        assertThat(first.outcomes).isEmpty();
    }

    @Test
    void movesWhenTheBridgeDrainsAndFinishesWhatRuns() throws Exception {
        // Given
        link.ready();
        QueryRequest request = link.request(ExecutionMode.READER, "wait");
        link.send(request);
        link.awaitRunning(1);
        FakeSession old = link.session();

        // When
        old.send(new Frame.Drain(200));
        await().atMost(LinkHarness.LONG).until(() -> link.link.session().state() instanceof SessionState.Draining);
        link.databases.permits.release();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> old.outcomes.containsKey(request.queryId()));
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() == 2);
        await().atMost(LinkHarness.LONG).until(() -> old.closed);
        assertThat(link.link.session().state()).isInstanceOf(SessionState.Open.class);
        assertThat(old.first(Frame.Goodbye.class)).isEmpty();
    }

    @Test
    void waitsLongAfterItWasSuperseded() throws Exception {
        // Given
        link.ready();

        // When
        link.session().send(new Frame.Refused(Frame.RefusalCause.SUPERSEDED, "again", 10));

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() -> !link.link.session().state().isOpen());
        SessionState.Disconnected state =
                (SessionState.Disconnected) link.link.session().state();
        assertThat(state.why()).contains("runs twice");
        assertThat(Duration.between(link.link.clock().instant(), state.nextTry()))
                .isGreaterThan(Duration.ofSeconds(50));
    }

    @Test
    void closesASocketOnWhichNothingIsHeard() throws Exception {
        // Given
        link.with("session.silence", "PT0.6S").ready();
        FakeSession first = link.session();

        // When
        first.answersPings = false;

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() >= 2);
        assertThat(first.closed).isTrue();
        assertThat(link.count("halo.link.sessions.half.dead")).isGreaterThanOrEqualTo(1);
    }

    @Test
    void givesUpABridgeThatDoesNotWelcome() throws Exception {
        // Given
        link.cloud.welcomes = false;

        // When
        link.with("session.welcome-timeout", "PT0.2S").start();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() >= 2);
    }

    @Test
    void renewsTheTokenThatABridgeRefuses() throws Exception {
        // Given
        link.cloud.upgradeStatus = 401;
        link.start();
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.secretsUsed.size() >= 2);

        // When
        link.cloud.upgradeStatus = 101;

        // Then
        link.awaitSession();
        assertThat(link.cloud.secretsUsed).doesNotHaveDuplicates();
    }

    @Test
    void countsWhatItDoesNotKnow() throws Exception {
        // Given
        link.ready();
        byte[] unknown = "{\"frame\":\"fromTheFuture\"}".getBytes(StandardCharsets.UTF_8);

        // When
        link.session()
                .sendRaw(ByteBuffer.allocate(5 + unknown.length)
                        .put((byte) 2)
                        .putInt(unknown.length)
                        .put(unknown)
                        .array());
        link.session().sendRaw(new byte[] {1, 2});

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.count("halo.link.frames.unknown") == 1);
        await().atMost(LinkHarness.LONG).until(() -> link.count("halo.link.frames.malformed") == 1);
        assertThat(link.run(link.request(ExecutionMode.READER, "select 1")).outcome())
                .isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void appliesAndConfirmsWhatItMayRun() throws Exception {
        // Given
        link.ready();

        // When
        link.session().send(new Frame.Authority(77, List.of(new Frame.SiteAuthority(link.siteId(), true, false))));
        QueryRequest request = link.request(ExecutionMode.READER, "select 1");
        link.send(request);

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.SITE_SUPERSEDED))
                .isTrue();
        assertThat(link.session().all(Frame.AuthorityConfirmed.class)).contains(new Frame.AuthorityConfirmed(77));
    }

    @Test
    void takesAMessageOfAMebibyte() throws Exception {
        // Given
        link.ready();
        QueryRequest request = link.request(ExecutionMode.READER, "select '" + "x".repeat(250_000) + "'");

        // When
        link.send(request);

        // Then
        assertThat(FrameCodec.encode(new Frame.Query(request, Map.of())).remaining())
                .isGreaterThan(250_000);
        assertThat(link.awaitOutcome(request.queryId()).outcome()).isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void endsWhatRunsAndSaysGoodbyeWhenItStops() throws Exception {
        // Given
        link.ready();
        QueryRequest request = link.request(ExecutionMode.READER, "wait");
        link.send(request);
        link.awaitRunning(1);
        FakeSession session = link.session();

        // When
        link.link.close();

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() -> session.first(Frame.Goodbye.class).isPresent());
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.LINK_SHUTTING_DOWN))
                .isTrue();
        link.link = null;
    }

    @Test
    void tellsCallersThatWaitBeforeRunsOfRegisteredQueries() throws Exception {
        // Given
        link.ready();
        FakeSession first = link.session();
        first.acks = false;
        first.send(new Frame.Register(link.registered(ExecutionMode.READER, "value", 60, 3_600_000)));
        await().atMost(LinkHarness.LONG)
                .until(() -> first.first(Frame.Ran.class).isPresent());
        link.run(link.request(ExecutionMode.READER, "select 1"));

        // When
        first.close();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() == 2);
        await().atMost(LinkHarness.LONG)
                .until(() -> link.session().first(Frame.Ran.class).isPresent());
        assertThat(link.session().received)
                .filteredOn(frame -> frame instanceof Frame.Ran || frame instanceof Frame.Ended)
                .first()
                .isInstanceOf(Frame.Ended.class);
    }

    @Test
    void confirmsWhatItsWelcomeToldIt() throws Exception {
        // When
        link.ready();

        // Then
        assertThat(link.session().all(Frame.AuthorityConfirmed.class)).contains(new Frame.AuthorityConfirmed(0));
    }

    @Test
    void doesNotServeAgainWhatASwitchTookWhenItsNextBridgeLags() throws Exception {
        // Given
        link.cloud.authorityVersion = 4;
        link.ready();
        Frame.SiteAuthority lost = new Frame.SiteAuthority(link.siteId(), true, false, 5);
        link.session().send(new Frame.Authority(77, List.of(lost)));
        await().atMost(LinkHarness.LONG).until(() -> !link.link.authority().mayServe(link.siteId()));
        int sessions = link.cloud.sessions.size();

        // When
        link.session().close();
        await().atMost(LinkHarness.LONG)
                .until(() -> link.cloud.sessions.size() > sessions
                        && link.session().first(Frame.AuthorityConfirmed.class).isPresent());
        QueryRequest request = link.request(ExecutionMode.READER, "select 1");
        link.send(request);

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.SITE_SUPERSEDED))
                .isTrue();
        assertThat(link.databases.executions).isEmpty();
    }

    @Test
    void saysThatItsBridgeIsOfTheOtherEnvironmentAndGoesOn() throws Exception {
        // Given
        link.ready();

        // When
        link.session()
                .send(new Frame.Refused(
                        Frame.RefusalCause.ENVIRONMENT, "the Link is installed for production, this is stage", 2_000));

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.link
                .session()
                .state()
                .message()
                .contains("installed for production, this is stage - see halo.link.environment"));
        assertThat(link.link.sites().served()).hasSize(1);
        await().atMost(LinkHarness.LONG).until(() -> link.cloud.sessions.size() > 1);
    }

    @Test
    void saysWhyItsTokenWasRefused() throws Exception {
        // Given
        link.cloud.upgradeStatus = 401;
        link.cloud.upgradeMessage = "the token is of another environment";

        // When
        link.start();

        // Then
        await().atMost(LinkHarness.LONG).until(() -> link.link
                .session()
                .state()
                .message()
                .contains("the bridge answered 401: the token is of another environment"));
    }
}
