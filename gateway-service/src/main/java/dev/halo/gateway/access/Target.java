package dev.halo.gateway.access;

import java.util.Optional;
import java.util.UUID;

/**
 * What a request to the integrator API is about, as far as its path tells before it is checked.
 *
 * @param siteId null where it names none, or none that could be one
 */
public record Target(Kind kind, UUID siteId) {

    /** Whether it can be told what it costs: of a query or its rows, at a site that it names. */
    public boolean costs() {
        return siteId != null && (kind.isQuery() || kind == Kind.RESULT);
    }

    /** What is asked for. */
    public enum Kind {
        IMMEDIATE,
        ASYNC,
        REGISTERED,
        /** Rows of a query that was asked before. */
        RESULT,
        /** One's own queries, without their rows, and FHIR. */
        READING,
        OTHER;

        /** Whether it asks a new query. */
        public boolean isQuery() {
            return this == IMMEDIATE || this == ASYNC || this == REGISTERED;
        }
    }

    private static final String SITES = "/integrator/sites/";
    private static final String QUERIES = "/queries/";
    private static final String FHIR = "/fhir/";
    private static final int UUID_LENGTH = 36;

    /** Reads a path; whatever it is, it is something. */
    public static Target of(String method, String path) {
        if (!path.startsWith(SITES)) {
            return new Target(Kind.OTHER, null);
        }
        int end = path.indexOf('/', SITES.length());
        String id = path.substring(SITES.length(), end < 0 ? path.length() : end);
        Optional<UUID> siteId = id.length() == UUID_LENGTH ? Ids.parse(id) : Optional.empty();
        return new Target(end < 0 ? Kind.OTHER : kind(method, path, end), siteId.orElse(null));
    }

    private static Kind kind(String method, String path, int end) {
        if (!path.startsWith(QUERIES, end)) {
            return path.startsWith(FHIR, end) ? Kind.READING : Kind.OTHER;
        }
        String rest = path.substring(end + QUERIES.length());
        return switch (method) {
            case "POST" -> asked(rest);
            case "GET", "HEAD" -> read(rest);
            default -> Kind.READING;
        };
    }

    private static Kind asked(String rest) {
        return switch (rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest) {
            case "immediate" -> Kind.IMMEDIATE;
            case "async" -> Kind.ASYNC;
            case "registered" -> Kind.REGISTERED;
            default -> Kind.READING;
        };
    }

    private static Kind read(String rest) {
        return rest.contains("/results/") || rest.endsWith("/results") ? Kind.RESULT : Kind.READING;
    }
}
