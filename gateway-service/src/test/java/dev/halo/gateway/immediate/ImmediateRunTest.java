package dev.halo.gateway.immediate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.error.Reason;
import dev.halo.messaging.LinkPresence;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.site.Availability;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How an immediate query finds a session, and what its outcome is. */
class ImmediateRunTest extends ImmediateRunFixture {

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
    void anUnreadableOutcomeOfAWriteIsUnknown() {
        world.connected(first);
        ImmediateRun run = started(WRITE);

        world.sent.get(0).reply().complete(reply(ByteBuffer.allocate(2)));

        assertThat(failure(run).failure().is(LinkErrorCode.OUTCOME_UNKNOWN)).isTrue();
    }

    @Test
    void parkedTimeIsTakenFromTheTimeInTheQueue() {
        world.away(first);
        ImmediateRun run = started(READ);
        world.pass(Duration.ofSeconds(2));
        world.connected(second);

        run.look();

        assertThat(world.sent.get(0).query().queueMillis()).isEqualTo(28_000);
        assertThat(world.sent.get(0).timeout()).isEqualTo(Duration.ofSeconds(93));
    }
}
