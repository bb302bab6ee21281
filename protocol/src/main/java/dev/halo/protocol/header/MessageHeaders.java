package dev.halo.protocol.header;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * The headers of every record on Kafka. Fields that do not apply to a message are null.
 *
 * @param type what the value is
 * @param queryId of the query it is about
 * @param integratorId on whose behalf
 * @param linkId the Link it is for or from; set by the bridge from the session's token, never by the Link
 * @param sessionId the session it is for or from
 * @param remainingMillis the time left when it was sent; the receiver counts on with its own clock, less the record's age
 * @param traceparent W3C trace context
 */
public record MessageHeaders(
        MessageType type,
        UUID queryId,
        UUID integratorId,
        UUID linkId,
        UUID sessionId,
        Long remainingMillis,
        String traceparent) {

    /** The version of headers and values that this build writes. */
    public static final int VERSION = 1;

    public static final String TYPE = "halo-type";
    public static final String VERSION_HEADER = "halo-version";
    public static final String QUERY_ID = "halo-query-id";
    public static final String INTEGRATOR_ID = "halo-integrator-id";
    public static final String LINK_ID = "halo-link-id";
    public static final String SESSION_ID = "halo-session-id";
    public static final String REMAINING = "halo-remaining-ms";
    public static final String TRACEPARENT = "traceparent";

    /** Headers of a message that is about no query. */
    public static MessageHeaders of(MessageType type) {
        return new MessageHeaders(type, null, null, null, null, null, null);
    }

    /** What a record's headers turned out to be. */
    public sealed interface Parsed {
        record Valid(MessageHeaders headers) implements Parsed {}

        /**
         * @param reason never quotes a value
         */
        record Invalid(String reason) implements Parsed {}
    }

    /** The headers as they go to Kafka. */
    public Map<String, byte[]> toMap() {
        Map<String, byte[]> map = new LinkedHashMap<>();
        put(map, TYPE, type.wire());
        put(map, VERSION_HEADER, VERSION);
        put(map, QUERY_ID, queryId);
        put(map, INTEGRATOR_ID, integratorId);
        put(map, LINK_ID, linkId);
        put(map, SESSION_ID, sessionId);
        put(map, REMAINING, remainingMillis);
        put(map, TRACEPARENT, traceparent);
        return map;
    }

    /**
     * Reads headers; what another process sent never makes it throw.
     *
     * @param lookup gives a header's bytes, or null
     */
    public static Parsed parse(Function<String, byte[]> lookup) {
        try {
            String version = text(lookup, VERSION_HEADER);
            if (version == null || Integer.parseInt(version) < 1) {
                return new Parsed.Invalid("no version");
            }
            MessageType type = MessageType.fromWire(text(lookup, TYPE));
            if (type == null) {
                return new Parsed.Invalid("no known type");
            }
            String remaining = text(lookup, REMAINING);
            return new Parsed.Valid(new MessageHeaders(
                    type,
                    uuid(lookup, QUERY_ID),
                    uuid(lookup, INTEGRATOR_ID),
                    uuid(lookup, LINK_ID),
                    uuid(lookup, SESSION_ID),
                    remaining == null ? null : Long.valueOf(remaining),
                    text(lookup, TRACEPARENT)));
        } catch (IllegalArgumentException e) {
            return new Parsed.Invalid("a header that cannot be read");
        }
    }

    private static void put(Map<String, byte[]> map, String name, Object value) {
        if (value != null) {
            map.put(name, value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String text(Function<String, byte[]> lookup, String name) {
        byte[] value = lookup.apply(name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private static UUID uuid(Function<String, byte[]> lookup, String name) {
        String value = text(lookup, name);
        return value == null ? null : UUID.fromString(value);
    }
}
