package dev.halo.gateway.access;

import dev.halo.gateway.error.Refusal;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the ids in a path. */
public final class Ids {

    // UUID.fromString takes "1-1-1-1-1" as well.
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private Ids() {}

    /** The Halo GUID in a path; 400 if it is not a UUID. */
    public static UUID siteId(String text) {
        return uuid("siteId", text);
    }

    /** The query id in a path; 400 if it is not a UUID. */
    public static UUID queryId(String text) {
        return uuid("queryId", text);
    }

    /** An id in a path or a query that is called otherwise; 400 if it is not a UUID. */
    public static UUID parameter(String name, String text) {
        return parse(text)
                .orElseThrow(
                        () -> Refusal.invalid(name + " must be a UUID, such as 123e4567-e89b-12d3-a456-426614174000."));
    }

    /** A UUID in its usual form; empty if the text is none. */
    public static Optional<UUID> parse(String text) {
        return UUID_TEXT.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    private static UUID uuid(String name, String text) {
        return parameter(name + " in the path", text);
    }
}
