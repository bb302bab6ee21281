package dev.halo.gateway.access;

import java.util.Optional;
import java.util.UUID;

/**
 * What a request to the integrator API is about, as far as its path tells before it is checked.
 *
 * @param siteId null where it names none, or none that could be one
 */
public record Target(Kind kind, UUID siteId) {

    /** What is asked for. */
    public enum Kind {
        IMMEDIATE,
        ASYNC,
        REGISTERED,
        /** Rows of a query that was asked before. */
        RESULT,
        OTHER;

        /** Whether it asks a new query. */
        public boolean isQuery() {
            return this == IMMEDIATE || this == ASYNC || this == REGISTERED;
        }
    }

    private static final String SITES = "/integrator/sites/";
    private static final String QUERIES = "/queries/";
    private static final int UUID_LENGTH = 36;

    /** Reads a path; whatever it is, it is something. */
    public static Target of(String method, String path) {
        if (!path.startsWith(SITES)) {
            return new Target(Kind.OTHER, null);
        }
        int end = path.indexOf('/', SITES.length());
        String id = path.substring(SITES.length(), end < 0 ? path.length() : end);
        Optional<UUID> siteId = id.length() == UUID_LENGTH ? Ids.parse(id) : Optional.empty();
        if (end < 0 || !path.startsWith(QUERIES, end)) {
            return new Target(Kind.OTHER, siteId.orElse(null));
        }
        String rest = path.substring(end + QUERIES.length());
        return new Target(
                "POST".equals(method)
                        ? asked(rest)
                        : "GET".equals(method) || "HEAD".equals(method) ? read(rest) : Kind.OTHER,
                siteId.orElse(null));
    }

    private static Kind asked(String rest) {
        return switch (rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest) {
            case "immediate" -> Kind.IMMEDIATE;
            case "async" -> Kind.ASYNC;
            case "registered" -> Kind.REGISTERED;
            default -> Kind.OTHER;
        };
    }

    private static Kind read(String rest) {
        return rest.contains("/results/") || rest.endsWith("/results") ? Kind.RESULT : Kind.OTHER;
    }
}
