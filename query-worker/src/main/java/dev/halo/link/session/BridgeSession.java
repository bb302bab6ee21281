package dev.halo.link.session;

import dev.halo.link.config.CloudUrls;
import dev.halo.link.enrolment.BackOff;
import dev.halo.link.identity.CredentialStore;
import dev.halo.link.identity.Credentials;
import dev.halo.link.query.Outbox;
import dev.halo.link.query.Outbox.Pending;
import dev.halo.link.query.Reports;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.frame.FrameCodec.Decoded;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps a session with a bridge open: connects, comes back with full-jitter pauses, moves when the bridge drains, and
 * sends each outcome on whatever session is open until it is confirmed. All state lives on one event loop.
 */
public final class BridgeSession implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(BridgeSession.class);
    private static final int UNAUTHORIZED = 401;
    private static final int STOP_SECONDS = 3;
    private static final int NONE = -1;
    private static final String NOT_ENROLLED = "not enrolled";

    private final SessionConfig config;
    private final Optional<URI> bridge;
    private final CredentialStore credentials;
    private final SessionHandler handler;
    private final Outbox outbox;
    private final InstantSource clock;
    private final SessionMetrics metrics;
    private final Vertx vertx;
    private final Context context;
    private final SocketOpener opener;
    private final BackOff backOff;
    private volatile SessionState state = new SessionState.Disconnected("not enrolled yet", null);
    private final SocketEvents events = new SocketEvents();
    private BridgeSocket current;
    private BridgeSocket draining;
    private long openedAt;
    private long retryTimer = NONE;
    private long beatTimer = NONE;
    /** Whether the pause that runs was the bridge's word, which nothing shortens. */
    private boolean told;

    private boolean stopped;

    public BridgeSession(
            SessionConfig config,
            CloudUrls urls,
            CredentialStore credentials,
            SessionHandler handler,
            Outbox outbox,
            Reports reports,
            InstantSource clock,
            SessionMetrics metrics,
            Vertx vertx) {
        this.config = config;
        this.bridge = urls.bridge();
        this.credentials = credentials;
        this.handler = handler;
        this.outbox = outbox;
        this.clock = clock;
        this.metrics = metrics;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.backOff = new BackOff(config.minBackOff(), config.maxBackOff());
        this.opener = new SocketOpener(config, vertx, context);
        outbox.onNew(outcome -> context.runOnContext(none -> send(outcome)));
        reports.onReport(frame -> context.runOnContext(none -> say(frame)));
        metrics.watch(this);
    }

    public SessionState state() {
        return state;
    }

    /** Connects now if there is no session; to be called when there is an identity, and again when it has changed. */
    public void connectSoon() {
        context.runOnContext(none -> {
            boolean waits = retryTimer != NONE && state instanceof SessionState.Disconnected && !told;
            if (current == null && (waits || state instanceof SessionState.Disconnected d && d.nextTry() == null)) {
                connect();
            }
        });
    }

    /** The identity is gone: says goodbye, and comes back only with another one. */
    public void identityGone() {
        context.runOnContext(none -> {
            sayGoodbyes();
            state = new SessionState.Disconnected(NOT_ENROLLED, null);
        });
    }

    /** Which sites there are, or how much they take, has changed. */
    public void creditsChanged() {
        context.runOnContext(none -> {
            if (current != null && state instanceof SessionState.Open) {
                sendCredits(current);
            }
        });
    }

    private void connect() {
        cancelTimer();
        told = false;
        Optional<Credentials> identity = credentials.current();
        if (stopped || bridge.isEmpty() || identity.isEmpty()) {
            String why = bridge.isEmpty() ? "no cloud is configured (halo.link.cloud-url)" : NOT_ENROLLED;
            state = new SessionState.Disconnected(why, null);
            return;
        }
        state = new SessionState.Connecting();
        current = opener.open(bridge.get(), identity.get().token(), events);
    }

    private final class SocketEvents implements SocketOpener.Events {

        @Override
        public void opened(BridgeSocket socket) {
            sayHello(socket);
        }

        @Override
        public void notOpened(BridgeSocket socket, int status, String why) {
            if (status == UNAUTHORIZED) {
                handler.tokenRefused();
            }
            fail(socket, why);
        }

        @Override
        public void message(BridgeSocket socket, ByteBuffer message) {
            onMessage(socket, message);
        }

        @Override
        public void text(BridgeSocket socket) {
            metrics.unknownFrame();
        }

        @Override
        public void closed(BridgeSocket socket, String why) {
            onClosed(socket, why);
        }
    }

    private void sayHello(BridgeSocket socket) {
        state = new SessionState.AwaitingWelcome();
        socket.heard();
        socket.send(handler.hello());
        vertx.setTimer(config.welcomeTimeout().toMillis(), id -> {
            if (current == socket && state instanceof SessionState.AwaitingWelcome) {
                fail(socket, "the bridge gave no welcome in time");
            }
        });
    }

    private void onMessage(BridgeSocket socket, ByteBuffer message) {
        socket.heard();
        Decoded decoded = FrameCodec.decode(message);
        if (decoded instanceof Decoded.Known known) {
            onFrame(socket, known.frame());
        } else if (decoded instanceof Decoded.Malformed malformed) {
            metrics.malformedFrame();
            LOG.warnf("event=frame_malformed reason=\"%s\"", malformed.reason());
        } else {
            metrics.unknownFrame();
        }
    }

    private void onFrame(BridgeSocket socket, Frame frame) {
        if (frame instanceof Frame.Query query) {
            handler.query(query);
        } else if (frame instanceof Frame.Register register) {
            handler.register(register);
        } else if (frame instanceof Frame.EndedAck ack) {
            handler.endedAck(ack.queryId());
        } else if (frame instanceof Frame.Cancel cancel) {
            handler.cancel(cancel.queryId(), cancel.cause());
        } else if (frame instanceof Frame.Ping ping) {
            socket.send(new Frame.Pong(ping.number()));
        } else if (frame instanceof Frame.Welcome welcome) {
            onWelcome(socket, welcome);
        } else if (frame instanceof Frame.Authority authority) {
            handler.authority(authority.sites());
            socket.send(new Frame.AuthorityConfirmed(authority.number()));
        } else if (frame instanceof Frame.Drain drain) {
            onDrain(socket, drain);
        } else if (frame instanceof Frame.Refused refused) {
            onRefused(socket, refused);
        } else if (!(frame instanceof Frame.Pong)) {
            metrics.unknownFrame();
        }
    }

    private void onWelcome(BridgeSocket socket, Frame.Welcome welcome) {
        if (socket != current || !(state instanceof SessionState.AwaitingWelcome)) {
            return;
        }
        state = new SessionState.Open(welcome.sessionId(), clock.instant());
        openedAt = System.nanoTime();
        LOG.infof("event=session_open session=%s", welcome.sessionId());
        metrics.opened();
        handler.welcome(welcome);
        socket.send(new Frame.AuthorityConfirmed(0));
        sendCredits(socket);
        if (draining != null) {
            draining.close("moved");
            draining = null;
        }
        List<Pending> outcomes = outbox.all();
        outcomes.stream().filter(Pending::waitedFor).forEach(socket::send);
        handler.reports().forEach(socket::send);
        outcomes.stream().filter(outcome -> !outcome.waitedFor()).forEach(socket::send);
        beatEvery(
                Math.max(1, Math.min(welcome.heartbeatMillis(), config.silence().toMillis() / 3)));
    }

    private void sendCredits(BridgeSocket socket) {
        handler.credits().forEach((siteId, unfinished) -> socket.send(new Frame.Credit(siteId, unfinished)));
    }

    private void beatEvery(long millis) {
        if (beatTimer != NONE) {
            vertx.cancelTimer(beatTimer);
        }
        beatTimer = vertx.setPeriodic(millis, id -> {
            beat(current);
            beat(draining);
        });
    }

    private void beat(BridgeSocket socket) {
        if (socket == null || socket.isClosed()) {
            return;
        }
        if (socket.isSilentFor(config.silence().toMillis())) {
            metrics.halfDead();
            fail(socket, "nothing was heard from the bridge");
        } else {
            socket.ping();
        }
    }

    private void send(Pending outcome) {
        BridgeSocket open = reporting();
        if (open != null) {
            open.send(outcome);
        }
    }

    private void say(Frame frame) {
        BridgeSocket open = reporting();
        if (open != null) {
            open.send(frame);
        }
    }

    private BridgeSocket reporting() {
        return current != null && state instanceof SessionState.Open ? current : draining;
    }

    private void onDrain(BridgeSocket socket, Frame.Drain drain) {
        if (socket != current || !(state instanceof SessionState.Open open)) {
            return;
        }
        long after = Math.max(1, drain.reconnectAfterMillis());
        LOG.infof("event=session_draining session=%s reconnect_ms=%d", open.sessionId(), after);
        state = new SessionState.Draining(open.sessionId(), clock.instant().plusMillis(after));
        draining = socket;
        current = null;
        backOff.reset();
        schedule(after);
    }

    private void onRefused(BridgeSocket socket, Frame.Refused refused) {
        if (socket != current) {
            return;
        }
        Duration pause = RefusalText.pause(refused, backOff.next(), config.supersededPause());
        String why = RefusalText.of(refused);
        LOG.errorf("event=session_refused cause=%s pause_ms=%d reason=\"%s\"", refused.cause(), pause.toMillis(), why);
        metrics.lost(refused.cause().name());
        told = true;
        disconnected(socket, why, pause);
    }

    private void onClosed(BridgeSocket socket, String why) {
        socket.markClosed();
        if (socket == draining) {
            draining = null;
        } else if (socket == current) {
            fail(socket, why);
        }
    }

    private void fail(BridgeSocket socket, String why) {
        if (socket == draining) {
            socket.close(why);
            draining = null;
        }
        if (socket != current) {
            return;
        }
        if (state instanceof SessionState.Open && livedLongEnough()) {
            backOff.reset();
        }
        Duration pause = backOff.next();
        LOG.warnf("event=session_lost reason=\"%s\" retry_ms=%d", why, pause.toMillis());
        metrics.lost("LOST");
        disconnected(socket, why, pause);
    }

    private boolean livedLongEnough() {
        return System.nanoTime() - openedAt >= config.settled().toNanos();
    }

    private void disconnected(BridgeSocket socket, String why, Duration pause) {
        current = null;
        socket.close(why.length() > 100 ? "failed" : why);
        if (stopped) {
            return;
        }
        state = new SessionState.Disconnected(why, clock.instant().plus(pause));
        schedule(pause.toMillis());
    }

    private void schedule(long millis) {
        cancelTimer();
        retryTimer = vertx.setTimer(Math.max(1, millis), id -> {
            retryTimer = NONE;
            connect();
        });
    }

    private void cancelTimer() {
        if (retryTimer != NONE) {
            vertx.cancelTimer(retryTimer);
            retryTimer = NONE;
        }
    }

    /** Says goodbye, so that the sites count as offline at once, and closes for good. */
    @Override
    public void close() {
        CompletionStage<Void> done = stop();
        try {
            done.toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debugf("event=session_slow_stop");
        }
    }

    private void sayGoodbyes() {
        cancelTimer();
        Stream.of(current, draining).filter(Objects::nonNull).forEach(BridgeSocket::sayGoodbye);
        current = null;
        draining = null;
    }

    private CompletionStage<Void> stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        context.runOnContext(none -> {
            stopped = true;
            if (beatTimer != NONE) {
                vertx.cancelTimer(beatTimer);
            }
            sayGoodbyes();
            state = new SessionState.Closed();
            opener.close().onComplete(closed -> done.complete(null));
        });
        return done;
    }
}
