package dev.halo.gateway.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.config.AsyncConfig;
import dev.halo.messaging.LinkPresence;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.Availability;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepRulesTest {

    private static final Instant DEADLINE = Queries.CREATED.plusSeconds(60);
    private static final UUID JOURNAL = UUID.randomUUID();
    private static final LinkPresence HOLDS = new LinkPresence.Connected(session(Queries.SESSION));
    private static final LinkPresence ELSEWHERE = new LinkPresence.Connected(session(UUID.randomUUID()));
    private static final LinkPresence AWAY = new LinkPresence.Away(null, Queries.CREATED);

    private final SweepRules rules = new SweepRules(new SmallRyeConfigBuilder()
            .withMapping(AsyncConfig.class)
            .addDefaultInterceptors()
            .withConverter(Duration.class, 1000, SweepRulesTest::duration)
            .build()
            .getConfigMapping(AsyncConfig.class));

    @ParameterizedTest
    @CsvSource({
        "OFFLINE,     INITIALISATION_FAILED_SITE_OFFLINE",
        "UNREACHABLE, INITIALISATION_FAILED_SITE_UNREACHABLE",
        "ONLINE,      EXPIRED_IN_QUEUE"
    })
    void whatNobodyTookEndsAtItsDeadline(Availability availability, AsyncStatus end) {
        AsyncQuery query = Queries.query(AsyncStatus.INITIALISING, true, draft -> draft.sessionId = null);

        assertThat(of(query, AWAY, availability, null, null, DEADLINE.plusSeconds(9)))
                .isEmpty();
        assertThat(of(query, AWAY, availability, null, null, DEADLINE.plusSeconds(11)))
                .hasValueSatisfying(after -> assertThat(after.status()).isEqualTo(end));
    }

    @Test
    void whatWaitsHereAndIsCancelledEndsSo() {
        AsyncQuery query = Queries.query(AsyncStatus.INITIALISING, true, draft -> {
            draft.sessionId = null;
            draft.cancel = LinkErrorCode.CANCELLED;
        });

        assertThat(of(query, AWAY, Queries.CREATED.plusSeconds(1))).hasValueSatisfying(after -> assertThat(
                        after.progress().failure().is(LinkErrorCode.CANCELLED))
                .isTrue());
    }

    @Test
    void aQueuedReadExpiresTwoMinutesAfterItsDeadline() {
        AsyncQuery query = Queries.read(AsyncStatus.QUEUED);

        assertThat(of(query, AWAY, DEADLINE.plusSeconds(119))).isEmpty();
        assertThat(status(of(query, AWAY, DEADLINE.plusSeconds(121)))).isEqualTo(AsyncStatus.EXPIRED_IN_QUEUE);
    }

    @Test
    void aQueuedWriteExpiresOnlyAtALinkThatIsThere() {
        AsyncQuery query = Queries.write(AsyncStatus.QUEUED);

        assertThat(status(of(query, HOLDS, DEADLINE.plusSeconds(121)))).isEqualTo(AsyncStatus.EXPIRED_IN_QUEUE);
        assertThat(isUnknown(of(query, AWAY, DEADLINE.plusSeconds(121)))).isTrue();
        assertThat(isUnknown(of(query, ELSEWHERE, DEADLINE.plusSeconds(121)))).isTrue();
    }

    @Test
    void whatNobodyAcknowledgedIsSentAgain() {
        AsyncQuery query = Queries.write(AsyncStatus.INITIALISING);

        assertThat(of(query, HOLDS, Queries.CREATED.plusSeconds(9))).isEmpty();
        assertThat(of(query, AWAY, Queries.CREATED.plusSeconds(11))).isEmpty();
        assertThat(of(query, HOLDS, Queries.CREATED.plusSeconds(11)))
                .hasValueSatisfying(
                        after -> assertThat(after.progress().sessionId()).isNull());
    }

    @Test
    void ofAnotherSessionTheJournalDecides() {
        AsyncQuery write = Queries.write(AsyncStatus.INITIALISING);
        AsyncQuery read = Queries.read(AsyncStatus.INITIALISING);
        Instant now = Queries.CREATED.plusSeconds(11);
        UUID other = UUID.randomUUID();

        assertThat(of(write, ELSEWHERE, Availability.ONLINE, JOURNAL, null, now))
                .isEmpty();
        assertThat(status(of(write, ELSEWHERE, Availability.ONLINE, JOURNAL, JOURNAL, now)))
                .isEqualTo(AsyncStatus.INITIALISING);
        assertThat(isUnknown(of(write, ELSEWHERE, Availability.ONLINE, JOURNAL, other, now)))
                .isTrue();
        assertThat(status(of(read, ELSEWHERE, Availability.ONLINE, JOURNAL, other, now)))
                .isEqualTo(AsyncStatus.INITIALISING);
    }

    @Test
    void whatRunsAtALinkThatStaysAwayIsUnknown() {
        AsyncQuery query = Queries.read(AsyncStatus.EXECUTING);
        Instant limit = Queries.CREATED.plus(Duration.ofMinutes(20));

        assertThat(of(query, AWAY, limit.minusSeconds(1))).isEmpty();
        assertThat(of(query, new LinkPresence.Away(null, limit), limit.plusSeconds(1)))
                .isEmpty();
        assertThat(isUnknown(of(query, AWAY, limit.plusSeconds(1)))).isTrue();
    }

    @Test
    void whatRunsAtALinkThatIsThereMayTakeItsTime() {
        AsyncQuery query = Queries.read(AsyncStatus.UPLOADING);
        Instant late = Queries.CREATED.plus(Duration.ofHours(3));

        assertThat(isUnknown(of(query, HOLDS, late))).isTrue();
        assertThat(rules.of(
                        query,
                        new SweepRules.Surroundings(
                                HOLDS, Availability.ONLINE, JOURNAL, JOURNAL, late.minusSeconds(60)),
                        late))
                .isEmpty();
    }

    private Optional<AsyncQuery> of(AsyncQuery query, LinkPresence presence, Instant now) {
        return of(query, presence, Availability.ONLINE, JOURNAL, JOURNAL, now);
    }

    private Optional<AsyncQuery> of(
            AsyncQuery query,
            LinkPresence presence,
            Availability availability,
            UUID sentTo,
            UUID current,
            Instant now) {
        return rules.of(query, new SweepRules.Surroundings(presence, availability, sentTo, current, null), now);
    }

    private static AsyncStatus status(Optional<AsyncQuery> after) {
        return after.orElseThrow().status();
    }

    private static boolean isUnknown(Optional<AsyncQuery> after) {
        return after.isPresent()
                && after.get().status() == AsyncStatus.EXECUTION_FAILED
                && after.get().progress().failure().is(LinkErrorCode.OUTCOME_UNKNOWN);
    }

    private static SessionRecord.Open session(UUID id) {
        return new SessionRecord.Open(Queries.LINK, id, 1, UUID.randomUUID(), Queries.CREATED, "1", 0);
    }

    private static Duration duration(String text) {
        if (text.endsWith("ms")) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        }
        return Duration.parse((text.endsWith("d") ? "P" : "PT") + text.toUpperCase(Locale.ROOT));
    }
}
