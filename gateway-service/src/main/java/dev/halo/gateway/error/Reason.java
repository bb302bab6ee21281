package dev.halo.gateway.error;

/** Why a request is not answered as asked: the HTTP status and its phrase. */
public enum Reason {
    INVALID(400, "Bad Request"),
    UNAUTHENTICATED(401, "Unauthorized"),
    FORBIDDEN(403, "Forbidden"),
    NOT_FOUND(404, "Not Found"),
    WRONG_METHOD(405, "Method Not Allowed"),
    NOT_ACCEPTABLE(406, "Not Acceptable"),
    CONFLICT(409, "Conflict"),
    GONE(410, "Gone"),
    TOO_LARGE(413, "Payload Too Large"),
    WRONG_MEDIA_TYPE(415, "Unsupported Media Type"),
    TOO_MANY(429, "Too Many Requests"),
    INTERNAL(500, "Internal Server Error"),
    BAD_GATEWAY(502, "Bad Gateway"),
    /** Not attempted; trying again is right. */
    UNAVAILABLE(503, "Service Unavailable");

    private final int status;
    private final String phrase;

    Reason(int status, String phrase) {
        this.status = status;
        this.phrase = phrase;
    }

    public int status() {
        return status;
    }

    public String phrase() {
        return phrase;
    }

    /** The reason for a status that came from elsewhere; what is not among these is an internal error. */
    public static Reason ofStatus(int status) {
        for (Reason reason : values()) {
            if (reason.status == status) {
                return reason;
            }
        }
        return INTERNAL;
    }
}
