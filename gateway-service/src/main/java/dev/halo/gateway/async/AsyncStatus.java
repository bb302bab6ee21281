package dev.halo.gateway.async;

/**
 * Where an async query is.
 *
 * <pre>
 * initialising ─► queued ─► executing ─► uploading ─► successful
 *      ▲ │ └────────┴───────────┴────────────┴─────► executionFailed, uploadFailed, expiredInQueue
 *      │ └─► initialisationFailed…
 *      └── handed back, or lost by a Link that has certainly not begun to write
 * </pre>
 */
public enum AsyncStatus {
    INITIALISING("initialising", false),
    QUEUED("queued", false),
    EXECUTING("executing", false),
    UPLOADING("uploading", false),
    SUCCESSFUL("successful", true),
    INITIALISATION_FAILED_CACHE_ERROR("initialisationFailedCacheError", true),
    INITIALISATION_FAILED_SITE_OFFLINE("initialisationFailedSiteOffline", true),
    INITIALISATION_FAILED_SITE_UNREACHABLE("initialisationFailedSiteUnreachable", true),
    EXPIRED_IN_QUEUE("expiredInQueue", true),
    EXECUTION_FAILED("executionFailed", true),
    UPLOAD_FAILED("uploadFailed", true);

    private final String wire;
    private final boolean end;

    AsyncStatus(String wire, boolean end) {
        this.wire = wire;
        this.end = end;
    }

    /** The name in the API and in the database. */
    public String wire() {
        return wire;
    }

    /** Whether nothing comes after it. */
    public boolean isEnd() {
        return end;
    }

    /** Whether a stage comes before another one; ends come last. */
    boolean isBefore(AsyncStatus other) {
        return !end && ordinal() < other.ordinal();
    }

    /** @throws IllegalArgumentException if there is none of that name */
    static AsyncStatus ofWire(String wire) {
        for (AsyncStatus status : values()) {
            if (status.wire.equals(wire)) {
                return status;
            }
        }
        throw new IllegalArgumentException("no status of an async query");
    }
}
