package dev.halo.link.execution;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** Dates and times as the integrator API gives them: milliseconds, cut, left out when zero. */
final class IsoText {

    private static final int NANOS_PER_MILLI = 1_000_000;

    private IsoText() {}

    /** {@code yyyy-MM-ddT00:00:00}. */
    static String of(LocalDate date) {
        StringBuilder text = new StringBuilder(19);
        appendDate(text, date);
        return text.append("T00:00:00").toString();
    }

    /** {@code yyyy-MM-ddTHH:mm:ss[.fff]}. */
    static String of(LocalDateTime timestamp) {
        StringBuilder text = new StringBuilder(23);
        appendDate(text, timestamp.toLocalDate());
        text.append('T');
        appendTime(text, timestamp.toLocalTime());
        return text.toString();
    }

    /** {@code HH:mm:ss[.fff]}. */
    static String of(LocalTime time) {
        StringBuilder text = new StringBuilder(12);
        appendTime(text, time);
        return text.toString();
    }

    private static void appendDate(StringBuilder text, LocalDate date) {
        int year = date.getYear();
        if (year < 1000) {
            text.append(year < 10 ? "000" : year < 100 ? "00" : "0");
        }
        text.append(year).append('-');
        two(text, date.getMonthValue()).append('-');
        two(text, date.getDayOfMonth());
    }

    private static void appendTime(StringBuilder text, LocalTime time) {
        two(text, time.getHour()).append(':');
        two(text, time.getMinute()).append(':');
        two(text, time.getSecond());
        int millis = time.getNano() / NANOS_PER_MILLI;
        if (millis != 0) {
            text.append('.').append((char) ('0' + millis / 100));
            two(text, millis % 100);
        }
    }

    private static StringBuilder two(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
