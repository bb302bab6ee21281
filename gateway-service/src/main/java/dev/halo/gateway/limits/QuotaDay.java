package dev.halo.gateway.limits;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * A day of quotas, from midnight to midnight of a zone: 23 or 25 hours where its clocks change.
 *
 * @param date the zone's
 * @param resetsAt its end, which is no longer in it
 */
public record QuotaDay(LocalDate date, ZonedDateTime resetsAt) {

    /** The day that holds a moment. */
    static QuotaDay of(Instant moment, ZoneId zone) {
        LocalDate date = moment.atZone(zone).toLocalDate();
        return new QuotaDay(date, date.plusDays(1).atStartOfDay(zone));
    }

    boolean isOver(Instant now) {
        return !now.isBefore(resetsAt.toInstant());
    }

    /** When quotas begin anew, for people. */
    public String resetText() {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(resetsAt) + " (" + resetsAt.getZone() + ")";
    }

    /** Tells the current day, which it looks up once a day. */
    static final class Calendar {
        private final Clock clock;
        private final ZoneId zone;
        private volatile QuotaDay today;

        Calendar(Clock clock, ZoneId zone) {
            this.clock = clock;
            this.zone = zone;
            this.today = of(clock.instant(), zone);
        }

        QuotaDay today() {
            QuotaDay known = today;
            Instant now = clock.instant();
            // Also when the clock was set back: nothing else would bring the day before again.
            if (known.isOver(now) || now.isBefore(known.date.atStartOfDay(zone).toInstant())) {
                known = of(now, zone);
                today = known;
            }
            return known;
        }
    }
}
