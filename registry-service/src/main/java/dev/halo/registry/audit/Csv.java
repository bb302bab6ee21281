package dev.halo.registry.audit;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Lines of comma-separated values as in RFC 4180. Spreadsheets run what looks like a formula, and part of the audit was
 * typed by others: such a cell gets an apostrophe in front, which they show as text.
 */
final class Csv {

    private static final String RUN = "=+-@\t\r\n";

    private Csv() {}

    /** A whole line. A cell that is null is empty. */
    static String line(List<?> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String cell(Object value) {
        String text = value == null ? "" : value.toString();
        if (!text.isEmpty() && RUN.indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
