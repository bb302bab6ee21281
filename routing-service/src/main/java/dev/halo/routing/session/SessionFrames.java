package dev.halo.routing.session;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.frame.FrameCodec.Decoded;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.metric.BridgeMetrics.Dropped;
import dev.halo.routing.session.SessionState.Authenticated;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** What a Link says, made into events of its session. Called on the socket's event loop. */
final class SessionFrames {

    private static final Logger LOG = Logger.getLogger(SessionFrames.class);

    private final BridgeContext bridge;
    private final BooleanSupplier draining;
    private final Function<UUID, UUID> lastSessionOfLink;

    /**
     * @param draining whether the instance takes no more sessions
     * @param lastSessionOfLink the session that the log names last for a Link; null where there is none
     */
    SessionFrames(BridgeContext bridge, BooleanSupplier draining, Function<UUID, UUID> lastSessionOfLink) {
        this.bridge = bridge;
        this.draining = draining;
        this.lastSessionOfLink = lastSessionOfLink;
    }

    void message(LinkSession session, ByteBuffer message) {
        session.heard();
        Decoded decoded = FrameCodec.decode(message);
        if (decoded instanceof Decoded.Known known) {
            frame(session, known.frame(), known.body());
        } else if (decoded instanceof Decoded.Malformed malformed) {
            bridge.metrics().dropped(Dropped.MALFORMED_FRAME);
            session.protocolError("not a frame: " + malformed.reason());
        } else {
            bridge.metrics().dropped(Dropped.UNKNOWN_FRAME);
        }
        session.pauseWhileCongested();
    }

    private void frame(LinkSession session, Frame frame, ByteBuffer body) {
        if (frame instanceof Frame.Hello hello) {
            hello(session, hello);
        } else if (frame instanceof Frame.Ping ping) {
            session.send(new Frame.Pong(ping.number()));
        } else if (frame instanceof Frame.Goodbye) {
            session.goodbye();
        } else if (!(frame instanceof Frame.Pong)) {
            report(session, frame, body);
        }
    }

    private void report(LinkSession session, Frame frame, ByteBuffer body) {
        if (!session.state().isReporting()) {
            bridge.metrics().dropped(Dropped.UNEXPECTED_FRAME);
        } else if (frame instanceof Frame.Ended ended) {
            session.queries().ended(ended, body);
        } else if (frame instanceof Frame.Queued queued) {
            session.queries().progress(queued.queryId(), queued.siteId(), MessageType.QUEUED);
        } else if (frame instanceof Frame.Executing executing) {
            session.queries().progress(executing.queryId(), executing.siteId(), MessageType.EXECUTING);
        } else if (frame instanceof Frame.Uploading uploading) {
            session.queries().uploading(uploading);
        } else if (frame instanceof Frame.Ran ran) {
            session.queries().ran(ran);
        } else if (frame instanceof Frame.Credit credit) {
            session.queries().credit(credit);
        } else if (frame instanceof Frame.AuthorityConfirmed confirmed) {
            session.authorityConfirmed(confirmed.number());
        } else {
            // A bridge's own frame, sent by a Link.
            bridge.metrics().dropped(Dropped.UNEXPECTED_FRAME);
            session.protocolError("a frame that only bridges send");
        }
    }

    private void hello(LinkSession session, Frame.Hello hello) {
        RoutingConfig config = bridge.config();
        LinkStatus status = bridge.registry().status(session.linkId()).orElse(LinkStatus.ACTIVE);
        if (!(session.state() instanceof Authenticated)) {
            bridge.metrics().dropped(Dropped.UNEXPECTED_FRAME);
            session.protocolError("a second hello");
        } else if (hello.environment() != config.environment()) {
            session.refuse(
                    RefusalCause.ENVIRONMENT,
                    CloseCause.PROTOCOL_ERROR,
                    "the Link is installed for " + hello.environment().wire() + ", this is "
                            + config.environment().wire());
        } else if (hello.protocol() < FrameCodec.OLDEST_VERSION) {
            session.refuse(
                    RefusalCause.PROTOCOL_VERSION,
                    CloseCause.PROTOCOL_ERROR,
                    "protocol " + hello.protocol() + " is no longer served, the oldest is "
                            + FrameCodec.OLDEST_VERSION);
        } else if (status != LinkStatus.ACTIVE) {
            Revocation.of(status).apply(session);
        } else if (draining.getAsBoolean()) {
            session.refuse(RefusalCause.DRAINING, CloseCause.DRAINED, "this bridge is about to stop");
        } else if (bridge.registry().of(session.linkId()).sites().size()
                > config.session().maxSites()) {
            session.refuse(
                    RefusalCause.OVERLOADED,
                    CloseCause.LOST,
                    "the Link has more than " + config.session().maxSites() + " sites");
        } else {
            open(session, hello);
        }
    }

    private void open(LinkSession session, Frame.Hello hello) {
        UUID last = lastSessionOfLink.apply(session.linkId());
        if (last != null) {
            session.precededBy(last);
        }
        session.open(new Handshake(
                Math.min(hello.protocol(), FrameCodec.VERSION),
                shortened(hello.linkVersion()),
                clockOffset(session, hello),
                hello.journalId(),
                hello.held()));
    }

    private long clockOffset(LinkSession session, Frame.Hello hello) {
        if (hello.clock() == null) {
            return 0;
        }
        Duration offset = Duration.between(bridge.clock().now(), hello.clock());
        if (offset.abs().compareTo(bridge.config().session().clockWarning()) > 0) {
            bridge.metrics().clockWarning();
            LOG.warnf("event=clockOff link=%s offsetSeconds=%d", session.linkId(), offset.toSeconds());
        }
        return offset.toMillis();
    }

    /** A version goes into records and the log: what a Link sends is cut and cleaned. */
    private static String shortened(String version) {
        if (version == null) {
            return null;
        }
        String clean = version.replaceAll("[^A-Za-z0-9._+-]", "_");
        return clean.length() > 64 ? clean.substring(0, 64) : clean;
    }

    /** How a Link that the registry no longer trusts is told. */
    enum Revocation {
        SUSPENDED(RefusalCause.LINK_SUSPENDED, "the Link is suspended; an operator decides"),
        REMOVED(RefusalCause.LINK_REMOVED, "the Link was removed");

        private final RefusalCause cause;
        private final String message;

        Revocation(RefusalCause cause, String message) {
            this.cause = cause;
            this.message = message;
        }

        static Revocation of(LinkStatus status) {
            return status == LinkStatus.SUSPENDED ? SUSPENDED : REMOVED;
        }

        void apply(LinkSession session) {
            session.refuse(cause, CloseCause.REVOKED, message);
        }
    }
}
