package dev.halo.gateway.immediate;

import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.query.ImmediateQuery;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.RequestReply;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
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

/** Immediate queries in a world of sessions and time that the test makes. */
abstract class ImmediateRunFixture {

    static final UUID LINK = UUID.randomUUID();
    static final Command READ = new Command("select 1", null, null, List.of());
    static final Command WRITE = new Command("delete from X", null, null, List.of());

    final World world = new World();
    final SessionRecord.Open first = session(1);
    final SessionRecord.Open second = session(2);

    ImmediateRun started(Command command) {
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

    static Outcome outcome(ImmediateRun run) {
        return run.end().toCompletableFuture().join().outcome();
    }

    static Outcome.Failed failure(ImmediateRun run) {
        return (Outcome.Failed) outcome(run);
    }

    static Refusal refusal(ImmediateRun run) {
        try {
            run.end().toCompletableFuture().join();
            throw new AssertionError("it was not refused");
        } catch (CompletionException e) {
            return (Refusal) e.getCause();
        }
    }

    static SessionRecord.Open session(int slot) {
        return new SessionRecord.Open(LINK, UUID.randomUUID(), slot, UUID.randomUUID(), Instant.EPOCH, "1", 0);
    }

    static RequestReply.Reply reply(ByteBuffer value) {
        return new RequestReply.Reply(MessageHeaders.of(MessageType.OUTCOME), value);
    }

    record Sent(
            QueryRequest query,
            SessionRecord.Open session,
            Duration timeout,
            CompletableFuture<RequestReply.Reply> reply) {}

    static final class World implements Surroundings {

        final List<Sent> sent = new ArrayList<>();
        final List<SessionRecord.Open> cancelled = new ArrayList<>();
        final List<LinkErrorCode> causes = new ArrayList<>();
        final List<LinkErrorCode> told = new ArrayList<>();
        LinkErrorCode forbidden;
        final Admission admission = new Admission(10, 10, 10);
        LinkPresence presence;
        Availability availability;
        long nanos;

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
