package dev.halo.protocol.link;

import java.util.UUID;

/**
 * The HTTP API that Links use, all of it below one host for agents: the registry serves enrolment, tokens and
 * announcements, the bridge the session, the gateway the uploads. Except for enrolment and tokens every request carries
 * {@code Authorization: Bearer <Link token>}.
 */
public final class LinkApi {

    /** POST {@link LinkMessages.EnrolRequest} → 201 {@link LinkMessages.EnrolResponse}. */
    public static final String ENROL = "/link/v1/enrol";

    /** POST {@link LinkMessages.TokenRequest} → 200 {@link LinkMessages.TokenResponse}. */
    public static final String TOKEN = "/link/v1/token";

    /** PUT {@link LinkMessages.Announcement} → 200 {@link LinkMessages.AnnouncementResult}. */
    public static final String SITES = "/link/v1/sites";

    /** DELETE → 204: the Link was uninstalled; it and its sites are not used any more. Again is a no-op. */
    public static final String REGISTRATION = "/link/v1/registration";

    /** WebSocket of {@link dev.halo.protocol.frame.Frame}s. */
    public static final String SESSION = "/link/v1/session";

    /** PUT of a result or a page of one: {@code /link/v1/queries/{queryId}/pages/{pageNumber}}, from 1. */
    public static final String QUERIES = "/link/v1/queries";

    /** PUT of the result of one run of a registered query: {@code /link/v1/registered/{queryId}/runs/{number}}. */
    public static final String REGISTERED = "/link/v1/registered";

    /** Request headers of these PUTs; the body is a zstd frame of the rows' JSON array. */
    public static final String HEADER_ROWS = "Halo-Rows";

    /** Number of the page's first row in the result, from 0. */
    public static final String HEADER_FIRST_ROW = "Halo-First-Row";

    /** Bytes of JSON before compression. */
    public static final String HEADER_SIZE = "Halo-Size";

    /** Lower-case hex SHA-256 of the body as sent. */
    public static final String HEADER_SHA256 = "Halo-Sha256";

    /** {@link dev.halo.protocol.query.QueryRequest#createdAt()} as it came, which finds the page's partition. */
    public static final String HEADER_CREATED_AT = "Halo-Created-At";

    private LinkApi() {}

    /** The path of the result of one run, by {@link dev.halo.protocol.query.RegisteredRun#number()}. */
    public static String runPath(UUID registeredId, long number) {
        return REGISTERED + "/" + registeredId + "/runs/" + number;
    }

    /** The path of one page. */
    public static String pagePath(UUID queryId, int pageNumber) {
        return QUERIES + "/" + queryId + "/pages/" + pageNumber;
    }
}
