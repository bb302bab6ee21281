package dev.halo.gateway.immediate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.error.Reason;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Timing;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What becomes of an immediate query whose session, caller or permission goes away. */
class ImmediateRunLossTest extends ImmediateRunFixture {

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
}
