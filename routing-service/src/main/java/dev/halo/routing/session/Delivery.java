package dev.halo.routing.session;

import dev.halo.protocol.query.Outcome.ReleaseCause;

/** What became of a query that was to be forwarded. */
public sealed interface Delivery {

    /** It is on its way; the Link's outcome, or a release if the socket breaks under it, will follow. */
    record Sent() implements Delivery {}

    /** It was sent in this session before; the first sending's outcome answers both. */
    record AlreadySent() implements Delivery {}

    /** Not sent, and it will not be. */
    record Refused(ReleaseCause cause) implements Delivery {}
}
