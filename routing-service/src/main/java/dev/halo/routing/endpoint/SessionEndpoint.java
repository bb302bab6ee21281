package dev.halo.routing.endpoint;

import dev.halo.protocol.access.FailureThrottle;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.link.LinkTokens.InvalidToken;
import dev.halo.protocol.link.LinkTokens.LinkIdentity;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.session.LinkSession;
import dev.halo.routing.session.SessionClock;
import dev.halo.routing.session.Sessions;
import dev.halo.routing.session.VertxLinkSocket;
import dev.halo.routing.session.WriteBudget;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The upgrade of a Link's request to a session's socket. The token is checked before: whoever has none gets no socket.
 * A valid token is taken however often its address was refused, because several Links may share one address.
 */
public final class SessionEndpoint implements Handler<HttpServerRequest> {

    private static final Logger LOG = Logger.getLogger(SessionEndpoint.class);
    private static final String BEARER = "Bearer ";
    private static final int MAX_TOKEN_CHARS = 4096;

    private final Supplier<Optional<Sessions>> sessions;
    private final LinkTokens.Verifier verifier;
    private final RoutingConfig config;
    private final SessionClock clock;
    private final FailureThrottle throttle;
    private final WriteBudget budget;

    /** @param sessions empty while the instance takes no sockets */
    public SessionEndpoint(
            Supplier<Optional<Sessions>> sessions,
            LinkTokens.Verifier verifier,
            RoutingConfig config,
            SessionClock clock) {
        this.sessions = sessions;
        this.verifier = verifier;
        this.config = config;
        this.clock = clock;
        this.budget = new WriteBudget(config.session().maxWriteTotal().asLongValue());
        this.throttle = new FailureThrottle(
                config.unauthorised().limit(),
                config.unauthorised().window(),
                config.unauthorised().addresses(),
                clock::nanos);
    }

    @Override
    public void handle(HttpServerRequest request) {
        LinkIdentity identity;
        try {
            identity = verifier.verify(token(request));
        } catch (InvalidToken e) {
            refuse(request, e.getMessage());
            return;
        }
        Optional<Sessions> open = sessions.get();
        if (open.isEmpty()) {
            answer(
                    request,
                    503,
                    "this bridge takes no sessions now",
                    config.session().overloadedRetry().toSeconds());
        } else if (!isUpgrade(request)) {
            answer(request, 426, "a WebSocket is expected here", 0);
        } else if (!open.get().reserveSocket()) {
            LOG.warnf("event=sessionRefused link=%s reason=tooManySockets", identity.linkId());
            answer(
                    request,
                    503,
                    "this bridge has as many sessions as it takes",
                    config.session().overloadedRetry().toSeconds());
        } else {
            upgrade(request, identity, open.get());
        }
    }

    private void upgrade(HttpServerRequest request, LinkIdentity identity, Sessions open) {
        request.toWebSocket().onComplete(upgraded -> {
            if (upgraded.failed()) {
                open.releaseSocket();
                LOG.infof(
                        "event=upgradeFailed link=%s error=%s",
                        identity.linkId(), upgraded.cause().getClass().getSimpleName());
                return;
            }
            attach(upgraded.result(), identity, open);
        });
    }

    private void attach(ServerWebSocket socket, LinkIdentity identity, Sessions open) {
        LinkSession session = open.accept(
                identity,
                new VertxLinkSocket(
                        socket, clock, config.session().maxWriteQueue().asLongValue(), budget));
        AtomicBoolean brokeProtocol = new AtomicBoolean();
        socket.binaryMessageHandler(buffer -> open.message(session, ByteBuffer.wrap(buffer.getBytes())));
        socket.textMessageHandler(text -> open.textMessage(session));
        socket.exceptionHandler(failure -> {
            if (failure instanceof CorruptedWebSocketFrameException) {
                brokeProtocol.set(true);
            }
        });
        socket.closeHandler(none -> {
            open.releaseSocket();
            open.socketClosed(session, brokeProtocol.get());
        });
    }

    private void refuse(HttpServerRequest request, String reason) {
        String remote =
                request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
        byte[] address = FailureThrottle.addressOf(remote);
        Optional<Duration> blocked = throttle.blockedFor(address);
        if (blocked.isPresent()) {
            long retryAfter = blocked.get().plusMillis(999).toSeconds();
            answer(request, 429, "too many requests without a valid token", retryAfter);
            return;
        }
        throttle.failed(address);
        LOG.infof("event=sessionUnauthorised remote=%s reason=\"%s\"", remote, reason);
        request.response().putHeader("WWW-Authenticate", "Bearer");
        answer(request, 401, reason, 0);
    }

    private static String token(HttpServerRequest request) throws InvalidToken {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw new InvalidToken("no bearer token in the Authorization header");
        }
        if (header.length() > MAX_TOKEN_CHARS) {
            throw new InvalidToken("the token is too long");
        }
        return header.substring(BEARER.length()).trim();
    }

    private static boolean isUpgrade(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
    }

    private static void answer(HttpServerRequest request, int status, String message, long retryAfterSeconds) {
        var response = request.response().setStatusCode(status);
        if (retryAfterSeconds > 0) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(retryAfterSeconds));
        }
        JsonObject error = new JsonObject()
                .put("status", status)
                .put("statusText", response.getStatusMessage())
                .put("message", message);
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(new JsonObject().put("error", error).toBuffer());
    }
}
