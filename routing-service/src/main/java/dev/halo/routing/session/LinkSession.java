package dev.halo.routing.session;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.link.LinkTokens.LinkIdentity;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.topic.Topic;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.metric.BridgeMetrics.Dropped;
import dev.halo.routing.session.SessionState.Authenticated;
import dev.halo.routing.session.SessionState.Closed;
import dev.halo.routing.session.SessionState.Draining;
import dev.halo.routing.session.SessionState.Open;
import dev.halo.routing.session.SessionState.Opening;
import dev.halo.routing.site.LinkAuthority;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One socket of a Link, from its upgrade to its end. Events come from the socket's event loop, the slot's consumer, the
 * views and the sweeper; the session's monitor puts them in order. Nothing in here blocks.
 */
public final class LinkSession {

    private static final Logger LOG = Logger.getLogger(LinkSession.class);
    private static final int NORMAL = 1000;
    private static final int GOING_AWAY = 1001;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int TRY_AGAIN = 1013;
    /** What else a confirmation holds, and its headers, are far below the rest. */
    private static final int MAX_VERSIONS_BYTES = Topic.SESSIONS.maxMessageBytes() / 4 * 3;

    private final UUID id = UUID.randomUUID();
    private final LinkIdentity identity;
    private final LinkSocket socket;
    private final BridgeContext bridge;
    private final SessionLog log;
    private final Consumer<LinkSession> ended;
    private final SessionQueries queries;
    private final LogPosition position = new LogPosition(id);
    private volatile SessionState state;
    private volatile long lastHeardNanos;
    private volatile boolean paused;
    private SessionRecord.Open record;
    private LinkAuthority authority = LinkAuthority.none();
    private long authorityNumber;
    private long confirmedNumber = -1;
    private boolean authorityUnsent;
    private boolean confirmationUnwritten;

    LinkSession(
            LinkIdentity identity,
            LinkSocket socket,
            BridgeContext bridge,
            SessionLog log,
            Consumer<LinkSession> ended) {
        this.identity = identity;
        this.socket = socket;
        this.bridge = bridge;
        this.log = log;
        this.ended = ended;
        this.queries = new SessionQueries(id, identity.linkId(), socket, bridge);
        this.lastHeardNanos = bridge.clock().nanos();
        this.state = new Authenticated(lastHeardNanos + limits().helloTimeout().toNanos());
    }

    public UUID id() {
        return id;
    }

    public UUID linkId() {
        return identity.linkId();
    }

    public SessionState state() {
        return state;
    }

    public int unfinished() {
        return queries.unfinished();
    }

    SessionQueries queries() {
        return queries;
    }

    /** Something came from the Link. */
    void heard() {
        lastHeardNanos = bridge.clock().nanos();
    }

    /** Forwards a query, whose site was found to be the Link's. */
    public Delivery deliver(QueryRequest request, String traceparent) {
        SessionState now = state;
        if (now instanceof Draining) {
            return new Delivery.Refused(ReleaseCause.DRAINING);
        }
        return now instanceof Open
                ? queries.deliver(request, traceparent)
                : new Delivery.Refused(ReleaseCause.NO_SUCH_SESSION);
    }

    /** Forwards a registered query, whose site was found to be the Link's; false where the session cannot take it. */
    public boolean register(RegisteredRequest request) {
        return state instanceof Open && queries.register(request);
    }

    /** Forwards a cancel; false where the session cannot take it. */
    public boolean cancel(CancelRequest request) {
        return state.isReporting() && queries.cancel(request.queryId(), request.cause());
    }

    /** The Link's hello fits: the session goes into the log, and once it is there the Link is welcomed. */
    synchronized void open(Handshake handshake) {
        if (!(state instanceof Authenticated authenticated)) {
            return;
        }
        state = authenticated.onHello(
                handshake, bridge.clock().nanos() + limits().openTimeout().toNanos());
        record = new SessionRecord.Open(
                linkId(),
                id,
                bridge.config().slot(),
                bridge.incarnation(),
                bridge.clock().now(),
                handshake.linkVersion(),
                handshake.clockOffsetMillis());
        log.write(record).whenComplete((metadata, failure) -> {
            if (failure == null) {
                logged();
            } else {
                refuse(RefusalCause.OVERLOADED, CloseCause.LOST, "the session could not be recorded");
            }
        });
    }

    private synchronized void logged() {
        if (!(state instanceof Opening opening)) {
            return;
        }
        Handshake handshake = opening.handshake();
        authority = bridge.registry().of(linkId());
        Frame welcome = new Frame.Welcome(
                id,
                handshake.protocol(),
                bridge.clock().now(),
                handshake.clockOffsetMillis(),
                limits().heartbeat().toMillis(),
                authority.sites());
        state = opening.onLogged();
        send(welcome);
        log.write(new SessionOpened(linkId(), id, handshake.journalId(), handshake.held()));
        LOG.infof(
                "event=sessionOpened link=%s session=%s version=%s sites=%d held=%d clockOffsetMillis=%d remote=%s",
                linkId(),
                id,
                handshake.linkVersion(),
                authority.sites().size(),
                handshake.held().size(),
                handshake.clockOffsetMillis(),
                socket.remoteAddress());
    }

    /** A session of the same Link that the log had before this one. */
    synchronized void precededBy(UUID sessionId) {
        position.precededBy(sessionId);
    }

    /** The sessions' topic has this about the Link. */
    void read(SessionRecord seen) {
        LogPosition.Verdict verdict;
        boolean draining;
        synchronized (this) {
            verdict = position.read(seen);
            draining = state instanceof Draining;
            if (verdict == LogPosition.Verdict.SUPERSEDED && state instanceof Draining now) {
                // It was sent elsewhere and is there: nothing is left to wait for but what runs.
                state = new Draining(bridge.clock().nanos(), now.closeByNanos());
            }
            if (verdict == LogPosition.Verdict.REASSERT && record != null && !(state instanceof Closed)) {
                bridge.metrics().reasserted();
                log.write(record);
            }
        }
        if (verdict == LogPosition.Verdict.SUPERSEDED && !draining) {
            refuse(
                    RefusalCause.SUPERSEDED,
                    CloseCause.SUPERSEDED,
                    "another session of this Link was opened later: does the installation run twice?");
        }
    }

    /** The registry's word on the Link may have changed: tells the Link, if so. */
    synchronized void pushAuthority() {
        if (!state.isReporting()) {
            return;
        }
        LinkAuthority now = bridge.registry().of(linkId());
        if (now.equals(authority) && !authorityUnsent) {
            return;
        }
        if (!now.equals(authority)) {
            authorityNumber++;
        }
        authority = now;
        // A congested socket gets it from the sweeper once it has room.
        authorityUnsent = !send(new Frame.Authority(authorityNumber, now.sites()));
        if (!authorityUnsent) {
            bridge.metrics().authorityPushed();
            LOG.infof(
                    "event=authorityPushed link=%s session=%s number=%d sites=%d",
                    linkId(), id, authorityNumber, now.sites().size());
        }
    }

    /** The Link has applied what it was told last: by its welcome, number 0, or by a push. */
    synchronized void authorityConfirmed(long number) {
        boolean isOld = number != authorityNumber || number == confirmedNumber || authorityUnsent;
        if (isOld || position.isSuperseded()) {
            return;
        }
        confirmedNumber = number;
        writeConfirmation(number);
        bridge.metrics().authorityConfirmed();
        LOG.infof("event=authorityConfirmed link=%s session=%s number=%d", linkId(), id, number);
    }

    /** The Link says it once only, so what could not be written is written again by the sweeper. */
    private void writeConfirmation(long number) {
        confirmationUnwritten = false;
        log.write(new AuthorityConfirmation(
                        linkId(),
                        id,
                        authority.versionsWithin(MAX_VERSIONS_BYTES),
                        bridge.clock().now()))
                .whenComplete((metadata, failure) -> {
                    if (failure != null) {
                        confirmationNotWritten(number);
                    }
                });
    }

    private synchronized void confirmationNotWritten(long number) {
        confirmationUnwritten = number == authorityNumber;
    }

    /**
     * Sends the Link elsewhere and takes no more queries.
     *
     * @param reconnectAfter when the Link opens its next session
     * @param closeBy from now, when this one is closed whatever runs
     */
    synchronized void drain(Duration reconnectAfter, Duration closeBy) {
        if (state instanceof Open open) {
            long now = bridge.clock().nanos();
            Duration grace = bridge.config().drain().grace();
            state = open.onDrain(now + reconnectAfter.plus(grace).toNanos(), now + closeBy.toNanos());
            send(new Frame.Drain(reconnectAfter.toMillis()));
        }
    }

    /** Reads no further while too much is on its way to Kafka. */
    void pauseWhileCongested() {
        if (!bridge.publisher().isCongested() || paused) {
            return;
        }
        paused = true;
        socket.pause();
        bridge.publisher().whenRelieved(() -> {
            heard();
            paused = false;
            socket.resume();
        });
    }

    /** Looks at the times that have run out. */
    void sweep(long now) {
        SessionState current = state;
        if (current instanceof Authenticated authenticated && now - authenticated.helloByNanos() >= 0) {
            close(CloseCause.PROTOCOL_ERROR, PROTOCOL_ERROR, "no hello in time", null);
        } else if (current instanceof Opening opening && now - opening.openByNanos() >= 0) {
            refuse(RefusalCause.OVERLOADED, CloseCause.LOST, "the session could not be recorded in time");
        } else if (current.isReporting()) {
            sweepOpen(current, now);
        }
    }

    private void sweepOpen(SessionState current, long now) {
        queries.forget(now);
        long congestedSince = socket.congestedSinceNanos();
        if (!paused && now - lastHeardNanos > limits().silence().toNanos()) {
            close(CloseCause.LOST, GOING_AWAY, "nothing was heard", null);
        } else if (congestedSince != 0
                && now - congestedSince > limits().congestion().toNanos()) {
            close(CloseCause.LOST, GOING_AWAY, "the socket takes nothing", null);
        } else if (current instanceof Draining draining && draining.isOver(now, queries.isIdle())) {
            close(CloseCause.DRAINED, GOING_AWAY, "drained", null);
        } else if (current instanceof Open && bridge.clock().now().isAfter(identity.expiresAt())) {
            LOG.infof("event=tokenExpired link=%s session=%s", linkId(), id);
            drain(Duration.ZERO, bridge.config().drain().unfinished());
        } else if (authorityUnsent) {
            pushAuthority();
        } else if (confirmationUnwritten) {
            writeConfirmation(confirmedNumber);
        }
    }

    /** Ends the session with a frame that says why. */
    void refuse(RefusalCause cause, CloseCause closeCause, String message) {
        Duration retry =
                switch (cause) {
                    case SUPERSEDED -> limits().supersededRetry();
                    case OVERLOADED, DRAINING -> limits().overloadedRetry();
                    case ENVIRONMENT, PROTOCOL_VERSION, LINK_SUSPENDED, LINK_REMOVED -> limits().refusedRetry();
                };
        int code = cause == RefusalCause.OVERLOADED || cause == RefusalCause.DRAINING ? TRY_AGAIN : NORMAL;
        close(closeCause, code, message, new Frame.Refused(cause, message, retry.toMillis()));
    }

    void protocolError(String message) {
        close(CloseCause.PROTOCOL_ERROR, PROTOCOL_ERROR, message, null);
    }

    /** The Link stops in order. */
    void goodbye() {
        close(CloseCause.CLOSED, NORMAL, "goodbye", null);
    }

    /** The socket is gone. */
    void socketClosed(boolean brokeProtocol) {
        CloseCause cause = state instanceof Draining ? CloseCause.DRAINED : CloseCause.LOST;
        close(brokeProtocol ? CloseCause.PROTOCOL_ERROR : cause, NORMAL, "the socket was closed", null);
    }

    /** The instance stops now. */
    void finishDrain() {
        close(CloseCause.DRAINED, GOING_AWAY, "drained", null);
    }

    /** The slot was lost: nothing may be written about the session any more. */
    void abandon() {
        synchronized (this) {
            record = null;
        }
        close(CloseCause.LOST, GOING_AWAY, "this bridge has lost its slot", null);
    }

    void close(CloseCause cause, int code, String message, Frame.Refused last) {
        SessionState before;
        int unfinished = queries.unfinished();
        synchronized (this) {
            before = state;
            if (before instanceof Closed) {
                return;
            }
            state = new Closed(cause);
            // A later session's record is the last word on the Link; one about this session would only hide it.
            if (record != null && !position.isSuperseded()) {
                log.write(new SessionRecord.Closed(linkId(), id, cause, lastHeardAt()));
            }
        }
        bridge.metrics().closed(cause);
        LOG.infof(
                "event=sessionClosed link=%s session=%s cause=%s from=%s unfinished=%d reason=\"%s\"",
                linkId(), id, cause, before.tag(), unfinished, message);
        socket.close(last, code, message);
        ended.accept(this);
    }

    boolean send(Frame frame) {
        boolean sent = socket.send(FrameCodec.encode(frame), () -> {});
        if (!sent && !(state instanceof Closed)) {
            bridge.metrics().dropped(Dropped.CONGESTED_REPLY);
        }
        return sent;
    }

    private Instant lastHeardAt() {
        return bridge.clock().now().minusNanos(bridge.clock().nanos() - lastHeardNanos);
    }

    private RoutingConfig.Session limits() {
        return bridge.config().session();
    }
}
