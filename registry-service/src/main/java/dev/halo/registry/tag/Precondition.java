package dev.halo.registry.tag;

import dev.halo.registry.error.ApiException;
import java.util.Arrays;

/**
 * What a caller knows of the thing it changes: the header {@code If-Match} with the entity tag of the answer that it
 * read. Without the header nothing is asked.
 */
public final class Precondition {

    private static final Precondition NONE = new Precondition(null);

    private final String header;

    private Precondition(String header) {
        this.header = header;
    }

    /** @param ifMatch the header; null where it is missing */
    public static Precondition of(String ifMatch) {
        return ifMatch == null || ifMatch.isBlank() ? NONE : new Precondition(ifMatch.trim());
    }

    /** Nothing is asked. */
    public static Precondition none() {
        return NONE;
    }

    /**
     * Checks it under the lock of what is changed.
     *
     * @throws ApiException with status 412 where the thing has another version than the caller read
     */
    public void requires(long version) {
        if (header == null || header.equals("*")) {
            return;
        }
        boolean known =
                Arrays.stream(header.split(",")).map(EntityTags::versionOf).anyMatch(Long.toString(version)::equals);
        if (!known) {
            throw ApiException.preconditionFailed(
                    "If-Match: it was changed meanwhile and has version " + version + "; read it again.");
        }
    }
}
