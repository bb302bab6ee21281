package dev.halo.gateway.immediate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.query.ImmediateQuery;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.RequestReply;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.Availability;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class ImmediateRunTest {

    private static final UUID LINK = UUID.randomUUID();
    private static final Command READ = new Command("select 1", null, null, List.of());
    private static final Command WRITE = new Command("delete from X", null, null, List.of());

    private final World world = new World();
    private final SessionRecord.Open first = session(1);
    private final SessionRecord.Open second = session(2);

    @Test
    void anOutcomeEndsIt() {
        world.connected(first);
        ImmediateRun run = started(READ);

        world.answer(0, new Outcome.Affected(1, List.of(), Timing.NONE));

        assertThat(outcome(run)).isInstanceOf(Outcome.Affected.class);
    }

    @Test
    void anOfflineSiteIsRefusedAtOnce() {
        world.presence = new LinkPresence.Offline(Instant.EPOCH);
        world.availability = Availability.OFFLINE;

        ImmediateRun run = started(READ);

        assertThat(refusal(run)).hasMessageContaining("offline");
        assertThat(world.sent).isEmpty();
    }

    @Test
    void itParksUntilThereIsASession() {
        world.away(first);
        ImmediateRun run = started(READ);
        assertThat(world.admission.parked()).isEqualTo(1);

        world.connected(second);
        run.look();

        assertThat(world.sent).extracting(Sent::session).containsExactly(second);
        assertThat(world.admission.parked()).isZero();
    }

    @Test
    void itParksNoLongerThanItMay() {
        world.away(first);
        ImmediateRun run = started(READ);

        world.pass(Duration.ofSeconds(5));
        run.look();

        assertThat(refusal(run).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal(run).retryAfter()).isPresent();
        assertThat(world.admission.parked()).isZero();
    }

    @Test
    void releasedItGoesToTheNextSession() {
        world.connected(first);
        ImmediateRun run = started(READ);
        world.connected(second);

        world.answer(0, new Outcome.Released(ReleaseCause.NO_SUCH_SESSION));

        assertThat(world.sent).extracting(Sent::session).containsExactly(first, second);
        assertThat(run.end().toCompletableFuture()).isNotDone();
    }

    @Test
    void releasedItNeverGoesToTheSameSessionAgain() {
        world.connected(first);
        ImmediateRun run = started(READ);

        world.answer(0, new Outcome.Released(ReleaseCause.DRAINING));
        run.look();

        assertThat(world.sent).hasSize(1);
        assertThat(world.admission.parked()).isEqualTo(1);
    }

    @Test
    void aSiteWithoutCreditIsRefused() {
        world.connected(first);
        ImmediateRun run = started(READ);

        world.answer(0, new Outcome.Released(ReleaseCause.NO_CREDIT));

        assertThat(refusal(run).reason()).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void aLostSessionHasItsGrace() {
        world.connected(first);
        ImmediateRun run = started(READ);
        world.away(first);
        run.look();

        world.pass(Duration.ofSeconds(4));
        run.look();
        assertThat(run.end().toCompletableFuture()).isNotDone();
        world.pass(Duration.ofSeconds(1));
        run.look();

        assertThat(outcome(run))
                .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
                .satisfies(failed -> {
                    assertThat(failed.failure().type()).isEqualTo(ErrorType.HTTP);
                    assertThat(failed.failure().code()).isEqualTo(504);
                });
        assertThat(world.cancelled).containsExactly(first);
    }

    @Test
    void theNextSessionHasItsGraceToo() {
        world.connected(first);
        ImmediateRun run = started(READ);
        world.away(first);
        run.look();
        world.pass(Duration.ofSeconds(4));
        world.connected(second);
        run.look();

        world.pass(Duration.ofSeconds(4));
        run.look();

        assertThat(run.end().toCompletableFuture()).isNotDone();
        world.answer(0, new Outcome.Affected(1, List.of(), Timing.NONE));
        assertThat(outcome(run)).isInstanceOf(Outcome.Affected.class);
    }

    @Test
    void aHandoverIsNoLoss() {
        world.connected(first);
        ImmediateRun run = started(READ);
        world.connected(second);
        run.look();

        world.pass(Duration.ofSeconds(30));
        run.look();

        assertThat(run.end().toCompletableFuture()).isNotDone();
    }

    @Test
    void theOutcomeOfAWriteIsUnknownWhenItsSessionIsLost() {
        world.connected(first);
        ImmediateRun run = started(WRITE);
        world.away(first);
        run.look();

        world.pass(Duration.ofSeconds(5));
        run.look();

        assertThat(failure(run).failure().is(LinkErrorCode.OUTCOME_UNKNOWN)).isTrue();
    }

    @Test
    void anUnreadableOutcomeOfAWriteIsUnknown() {
        world.connected(first);
        ImmediateRun run = started(WRITE);

        world.sent.get(0).reply.complete(reply(ByteBuffer.allocate(2)));

        assertThat(failure(run).failure().is(LinkErrorCode.OUTCOME_UNKNOWN)).isTrue();
    }

    @Test
    void abandonedItIsCancelledAndEnds() {
        world.connected(first);
        ImmediateRun run = started(READ);

        run.abandon();

        assertThat(world.cancelled).containsExactly(first);
        assertThat(failure(run).failure().is(LinkErrorCode.CANCELLED)).isTrue();
    }

    @Test
    void aReadOfADisabledIntegratorEndsAtOnceAndTheLinkIsTold() {
        world.connected(first);
        ImmediateRun run = started(READ);

        run.checkPolicy();
        assertThat(run.end().toCompletableFuture()).isNotDone();
        world.forbidden = LinkErrorCode.INTEGRATOR_DISABLED;
        run.checkPolicy();

        assertThat(failure(run).failure().is(LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        assertThat(world.causes).containsExactly(LinkErrorCode.INTEGRATOR_DISABLED);
    }

    @Test
    void aWriteOfADisabledIntegratorHasItsEndFromTheLink() {
        world.connected(first);
        ImmediateRun run = started(WRITE);
        world.forbidden = LinkErrorCode.INTEGRATOR_DISABLED;

        run.checkPolicy();
        run.checkPolicy();

        assertThat(world.told).containsExactly(LinkErrorCode.INTEGRATOR_DISABLED);
        assertThat(run.end().toCompletableFuture()).isNotDone();
        world.answer(0, new Outcome.Affected(1, List.of(), Timing.NONE));
        assertThat(outcome(run)).isInstanceOf(Outcome.Affected.class);
    }

    @Test
    void whatWaitsForASiteThatIsSupersededIsRefusedAndWhatRunsGoesOn() {
        world.away(first);
        ImmediateRun waiting = started(READ);
        world.connected(first);
        ImmediateRun running = started(READ);
        world.forbidden = LinkErrorCode.SITE_SUPERSEDED;

        waiting.checkPolicy();
        running.checkPolicy();

        assertThat(refusal(waiting).reason()).isEqualTo(Reason.FORBIDDEN);
        assertThat(refusal(waiting)).hasMessageContaining("superseded");
        assertThat(running.end().toCompletableFuture()).isNotDone();
    }

    @Test
    void parkedTimeIsTakenFromTheTimeInTheQueue() {
        world.away(first);
        ImmediateRun run = started(READ);
        world.pass(Duration.ofSeconds(2));
        world.connected(second);

        run.look();

        assertThat(world.sent.get(0).query.queueMillis()).isEqualTo(28_000);
        assertThat(world.sent.get(0).timeout).isEqualTo(Duration.ofSeconds(93));
    }

    private ImmediateRun started(Command command) {
        Instant createdAt = Instant.EPOCH;
        ImmediateQuery query =
                new ImmediateQuery(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), 30_000, 1, 2, createdAt);
        QueryRequest request = new QueryRequest(
                query.id(),
                query.siteId(),
                query.integratorId(),
                QueryMode.IMMEDIATE,
                command,
                null,
                30_000,
                0,
                createdAt);
        ImmediateRun run = new ImmediateRun(query, request, LINK, null, world);
        run.start();
        return run;
    }

    private static Outcome outcome(ImmediateRun run) {
        return run.end().toCompletableFuture().join().outcome();
    }

    private static Outcome.Failed failure(ImmediateRun run) {
        return (Outcome.Failed) outcome(run);
    }

    private static Refusal refusal(ImmediateRun run) {
        try {
            run.end().toCompletableFuture().join();
            throw new AssertionError("it was not refused");
        } catch (CompletionException e) {
            return (Refusal) e.getCause();
        }
    }

    private static SessionRecord.Open session(int slot) {
        return new SessionRecord.Open(LINK, UUID.randomUUID(), slot, UUID.randomUUID(), Instant.EPOCH, "1", 0);
    }

    private static RequestReply.Reply reply(ByteBuffer value) {
        return new RequestReply.Reply(MessageHeaders.of(MessageType.OUTCOME), value);
    }

    private record Sent(
            QueryRequest query,
            SessionRecord.Open session,
            Duration timeout,
            CompletableFuture<RequestReply.Reply> reply) {}

    private static final class World implements Surroundings {

        private final List<Sent> sent = new ArrayList<>();
        private final List<SessionRecord.Open> cancelled = new ArrayList<>();
        private final List<LinkErrorCode> causes = new ArrayList<>();
        private final List<LinkErrorCode> told = new ArrayList<>();
        private LinkErrorCode forbidden;
        private final Admission admission = new Admission(10, 10, 10);
        private LinkPresence presence;
        private Availability availability;
        private long nanos;

        void connected(SessionRecord.Open session) {
            presence = new LinkPresence.Connected(session);
            availability = Availability.ONLINE;
        }

        void away(SessionRecord.Open session) {
            presence = new LinkPresence.Away(session, Instant.EPOCH);
            availability = Availability.ONLINE;
        }

        void pass(Duration time) {
            nanos += time.toNanos();
        }

        void answer(int attempt, Outcome outcome) {
            sent.get(attempt).reply.complete(reply(OutcomeCodec.encode(outcome)));
        }

        @Override
        public LinkPresence presence(UUID linkId) {
            return presence;
        }

        @Override
        public Availability availability(UUID linkId) {
            return availability;
        }

        @Override
        public CompletionStage<RequestReply.Reply> send(
                QueryRequest query, SessionRecord.Open session, Duration timeout, String traceparent) {
            Sent one = new Sent(query, session, timeout, new CompletableFuture<>());
            sent.add(one);
            return one.reply;
        }

        @Override
        public void tell(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause) {
            told.add(cause);
        }

        @Override
        public LinkErrorCode forbidden(QueryRequest query) {
            return forbidden;
        }

        @Override
        public void cancel(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause) {
            cancelled.add(session);
            causes.add(cause);
            // As the real one does: whoever still waits for the reply is told that it was given up.
            sent.get(sent.size() - 1).reply.completeExceptionally(new IllegalStateException("abandoned"));
        }

        @Override
        public Admission admission() {
            return admission;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public Duration totalWait(int maxTimeInQueueMillis) {
            return Duration.ofSeconds(65).plusMillis(maxTimeInQueueMillis);
        }

        @Override
        public Duration parking() {
            return Duration.ofSeconds(5);
        }

        @Override
        public Duration lostSessionGrace() {
            return Duration.ofSeconds(5);
        }

        @Override
        public void released(ReleaseCause cause) {}

        @Override
        public void unexpected(Throwable failure) {
            throw new AssertionError(failure);
        }
    }
}
