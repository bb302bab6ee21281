package dev.halo.protocol.header;

/** What the value of a record is. */
public enum MessageType {
    /** {@link dev.halo.protocol.query.QueryRequest}. */
    QUERY("query"),
    /** {@link dev.halo.protocol.query.CancelRequest}. */
    CANCEL("cancel"),
    /** {@link dev.halo.protocol.query.OutcomeCodec}. */
    OUTCOME("outcome"),
    /** A query waits at the Link; no value. */
    QUEUED("queued"),
    /** A query runs at the Link; no value. */
    EXECUTING("executing"),
    /** {@link dev.halo.protocol.query.Produced}: a query has been executed and its pages are being uploaded. */
    UPLOADING("uploading"),
    /** {@link dev.halo.protocol.query.RegisteredRequest}. */
    REGISTER("register"),
    /** {@link dev.halo.protocol.query.RegisteredRun}; its query id is that of the registered query. */
    RUN("run"),
    /** {@link dev.halo.protocol.session.SessionOpened}. */
    SESSION_OPENED("sessionOpened"),
    /** {@link dev.halo.protocol.session.SessionRecord}. */
    SESSION("session"),
    /** {@link dev.halo.protocol.session.AuthorityConfirmation}. */
    AUTHORITY_CONFIRMATION("authorityConfirmation"),
    /** {@link dev.halo.protocol.session.SlotRecord}. */
    SLOT("slot"),
    /** {@link dev.halo.protocol.site.SiteRecord}. */
    SITE("site"),
    /** {@link dev.halo.protocol.site.AuthorityRecord}. */
    AUTHORITY("authority"),
    /** {@link dev.halo.protocol.integrator.IntegratorFact}. */
    INTEGRATOR_FACT("integratorFact");

    private final String wire;

    MessageType(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    /** Null where the name is not known. */
    public static MessageType fromWire(String wire) {
        for (MessageType value : values()) {
            if (value.wire.equals(wire)) {
                return value;
            }
        }
        return null;
    }
}
