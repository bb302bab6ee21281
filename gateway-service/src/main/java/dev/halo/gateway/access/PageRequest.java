package dev.halo.gateway.access;

import dev.halo.gateway.error.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Which part of a long list is asked for: a time range, and in it what comes behind a place that an earlier answer ended at.
 *
 * @param from included
 * @param to excluded
 * @param after null: from the beginning
 * @param limit entries at the most
 */
public record PageRequest(Instant from, Instant to, Place after, int limit) {

    private static final int MAX_LIMIT = 500;
    private static final int DEFAULT_LIMIT = 100;
    private static final Duration DEFAULT_RANGE = Duration.ofDays(1);

    /** What a database and a client can count with; nothing here is older or lies further ahead. */
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
    private static final int MAX_WORD = 100;

    /** The place of an entry in a list whose latest comes first. */
    public record Place(Instant at, UUID id) {

        /** As it stands in an answer, to be sent back. */
        public String cursor() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((at.toEpochMilli() + "." + id).getBytes(StandardCharsets.US_ASCII));
        }

        private static Place of(String cursor) {
            try {
                String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
                int dot = text.indexOf('.');
                Optional<UUID> id = dot < 0 ? Optional.empty() : Ids.parse(text.substring(dot + 1));
                Instant at = id.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(text.substring(0, dot)));
                if (at != null && isUsable(at)) {
                    return new Place(at, id.get());
                }
            } catch (IllegalArgumentException | DateTimeException e) {
                // Answered below.
            }
            throw Refusal.invalid("cursor must be the nextCursor of an earlier answer.");
        }
    }

    /**
     * Reads the parameters of a request; each may be null.
     *
     * @param now what {@code to} is by default; {@code from} is a day before {@code to}
     * @throws Refusal 400 that names the one that is not valid
     */
    public static PageRequest of(String from, String to, String cursor, String limit, Instant now) {
        // A little ahead, so that what other gateways write by their clocks is there too.
        Instant end = to == null ? now.plusSeconds(60) : time("to", to);
        Instant begin = from == null ? end.minus(DEFAULT_RANGE) : time("from", from);
        if (!begin.isBefore(end)) {
            throw Refusal.invalid("from must be before to.");
        }
        return new PageRequest(
                begin,
                end,
                cursor == null ? null : Place.of(cursor),
                limit == null ? DEFAULT_LIMIT : number("limit", limit, 1, MAX_LIMIT));
    }

    /** What the first of its entries comes behind. */
    public Place behind() {
        return after == null ? new Place(to, new UUID(-1, -1)) : after;
    }

    /**
     * The parameters of a statement that gives entries that fit, the latest first, and one more than asked for if there is.
     *
     * @param filters between the range with what the entries come behind ($1 to $4) and the limit, which is the last one
     */
    public List<Object> parameters(Object... filters) {
        List<Object> parameters = new ArrayList<>(List.of(utc(from), utc(to), utc(behind().at()), behind().id()));
        parameters.addAll(Arrays.asList(filters));
        parameters.add(limit + 1L);
        return parameters;
    }

    /** An optional id among the parameters; 400 if it is none. */
    public static UUID id(String name, String text) {
        return text == null ? null : Ids.parameter(name, text);
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    /** An optional word to look for, as it stands in the entries. */
    public static String word(String name, String text) {
        if (text != null && (text.length() > MAX_WORD || !text.chars().allMatch(one -> one > ' ' && one < 127))) {
            throw Refusal.invalid(name + " must be a word of at most " + MAX_WORD + " visible ASCII characters.");
        }
        return text;
    }

    private static boolean isUsable(Instant time) {
        return !time.isBefore(FIRST) && !time.isAfter(LAST);
    }

    private static Instant time(String name, String text) {
        try {
            Instant time = Instant.parse(text);
            if (isUsable(time)) {
                return time;
            }
        } catch (DateTimeException e) {
            // Answered below.
        }
        throw Refusal.invalid(name + " must be a time from 1970 to 9999, such as 2026-03-01T00:00:00Z.");
    }

    private static int number(String name, String text, int least, int most) {
        if (text.matches("\\d{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw Refusal.invalid(name + " must be a whole number from " + least + " to " + most + ".");
    }
}
