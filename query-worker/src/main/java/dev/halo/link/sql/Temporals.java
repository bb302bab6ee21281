package dev.halo.link.sql;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** The forms of dates and times that parameters come in. */
final class Temporals {

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm")
            .optionalStart()
            .appendPattern(":ss")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
            .optionalEnd()
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ISO_LOCAL_DATE;
    private static final int DATE_CHARS = 10;

    private Temporals() {}

    /**
     * {@code yyyy-MM-dd}, or that with a time behind a {@code T} or a space.
     *
     * @throws DateTimeException if it is something else
     */
    static LocalDateTime dateTime(String value) {
        String text = iso(value);
        if (text.length() <= DATE_CHARS) {
            return LocalDate.parse(text, DATE).atStartOfDay();
        }
        if (text.charAt(DATE_CHARS) != 'T') {
            throw new DateTimeException("no time");
        }
        return LocalDate.parse(text.substring(0, DATE_CHARS), DATE)
                .atTime(LocalTime.parse(text.substring(DATE_CHARS + 1), TIME));
    }

    /** {@code HH:mm[:ss[.fraction]]}, or the time of a {@link #dateTime}. */
    static LocalTime time(String value) {
        String text = value.strip();
        return text.length() > DATE_CHARS && text.charAt(4) == '-'
                ? dateTime(text).toLocalTime()
                : LocalTime.parse(text, TIME);
    }

    /** The text with a {@code T} between date and time, as ISO has it, and no space before an offset. */
    static String iso(String value) {
        String text = value.strip();
        if (text.length() <= DATE_CHARS) {
            return text;
        }
        char separator = text.charAt(DATE_CHARS);
        String time = text.substring(DATE_CHARS + 1).strip().replace(" ", "");
        boolean spaced = separator == ' ' || separator == 't' || separator == 'T';
        return spaced ? text.substring(0, DATE_CHARS) + 'T' + time : text;
    }
}
