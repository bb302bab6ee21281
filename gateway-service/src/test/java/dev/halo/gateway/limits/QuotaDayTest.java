package dev.halo.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaDayTest {

    private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

    /** Summer time ends on 5 April 2026 and begins on 4 October. */
    @ParameterizedTest
    @CsvSource({
        "2026-03-01T00:00:00Z, 2026-03-01, 2026-03-01T13:00:00Z, 24",
        "2026-04-05T10:00:00Z, 2026-04-05, 2026-04-05T14:00:00Z, 25",
        "2026-10-04T10:00:00Z, 2026-10-04, 2026-10-04T13:00:00Z, 23",
        "2026-03-01T12:59:59.999Z, 2026-03-01, 2026-03-01T13:00:00Z, 24",
        "2026-03-01T13:00:00Z, 2026-03-02, 2026-03-02T13:00:00Z, 24"
    })
    void aDayEndsAtTheZonesMidnight(Instant moment, LocalDate date, Instant end, int hours) {
        QuotaDay day = QuotaDay.of(moment, SYDNEY);

        assertThat(day.date()).isEqualTo(date);
        assertThat(day.resetsAt().toInstant()).isEqualTo(end);
        assertThat(Duration.between(date.atStartOfDay(SYDNEY), day.resetsAt())).isEqualTo(Duration.ofHours(hours));
        assertThat(day.resetText()).contains("Australia/Sydney");
    }

    @Test
    void theCalendarTurnsAtMidnightAndFollowsAClockThatIsSetBack() {
        Instant[] now = {Instant.parse("2026-04-05T13:59:59Z")};
        QuotaDay.Calendar calendar = new QuotaDay.Calendar(clock(now), SYDNEY);
        assertThat(calendar.today().date()).isEqualTo(LocalDate.of(2026, 4, 5));

        now[0] = Instant.parse("2026-04-05T14:00:00Z");
        assertThat(calendar.today().date()).isEqualTo(LocalDate.of(2026, 4, 6));

        now[0] = Instant.parse("2026-04-05T13:00:00Z");
        assertThat(calendar.today().date()).isEqualTo(LocalDate.of(2026, 4, 5));
    }

    static Clock clock(Instant[] now) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now[0];
            }
        };
    }
}
