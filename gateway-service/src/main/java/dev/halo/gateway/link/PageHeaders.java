package dev.halo.gateway.link;

import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.link.LinkApi;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongPredicate;
import java.util.regex.Pattern;

/**
 * What the headers of an upload declare.
 *
 * @param length bytes of the body
 */
public record PageHeaders(long rows, long firstRow, long size, String sha256, Instant queryCreatedAt, int length) {

    /** A page's query is older than this only if its pages have been dropped already. */
    private static final Duration MAX_AGE = Duration.ofHours(36);

    private static final Duration CLOCK_SLACK = Duration.ofMinutes(5);
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * @param maxSize bytes of JSON that a page may have
     * @throws Refusal 400 naming the header
     */
    public static PageHeaders read(HttpHeaders headers, long maxSize, Instant now) {
        long size =
                number(headers, LinkApi.HEADER_SIZE, value -> value >= 2 && value <= maxSize, "from 2 to " + maxSize);
        // What zstd makes of data that it cannot compress is at most this much longer.
        long maxLength = maxSize + maxSize / 128 + 1024;
        long length = number(
                headers,
                HttpHeaders.CONTENT_LENGTH,
                value -> value >= 1 && value <= maxLength,
                "from 1 to " + maxLength);
        String sha256 = text(headers, LinkApi.HEADER_SHA256);
        if (!SHA256.matcher(sha256).matches()) {
            throw Refusal.invalid("The header " + LinkApi.HEADER_SHA256 + " must be 64 lower-case hex digits.");
        }
        return new PageHeaders(
                number(headers, LinkApi.HEADER_ROWS, value -> value >= 0, "0 or more"),
                number(headers, LinkApi.HEADER_FIRST_ROW, value -> value >= 0, "0 or more"),
                size,
                sha256,
                createdAt(headers, now),
                Math.toIntExact(length));
    }

    private static Instant createdAt(HttpHeaders headers, Instant now) {
        try {
            Instant createdAt = Instant.parse(text(headers, LinkApi.HEADER_CREATED_AT));
            if (createdAt.isAfter(now.plus(CLOCK_SLACK)) || createdAt.isBefore(now.minus(MAX_AGE))) {
                throw Refusal.invalid("The header " + LinkApi.HEADER_CREATED_AT + " must lie in the last "
                        + MAX_AGE.toHours() + " hours.");
            }
            return createdAt;
        } catch (DateTimeException e) {
            throw Refusal.invalid("The header " + LinkApi.HEADER_CREATED_AT + " must be an ISO-8601 time in UTC.");
        }
    }

    private static long number(HttpHeaders headers, String name, LongPredicate bound, String words) {
        try {
            long value = Long.parseLong(text(headers, name));
            if (bound.test(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, together with the bound.
        }
        throw Refusal.invalid("The header " + name + " must be a whole number, " + words + ".");
    }

    private static String text(HttpHeaders headers, String name) {
        String value = headers.getHeaderString(name);
        if (value == null || value.isBlank()) {
            throw Refusal.invalid("The header " + name + " is required.");
        }
        return value.trim();
    }
}
