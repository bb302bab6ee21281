package dev.halo.routing.session;

import dev.halo.protocol.link.LinkTokens.LinkIdentity;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.routing.metric.BridgeMetrics.Dropped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All sessions of this instance. */
public final class Sessions {

    private static final List<Class<? extends SessionState>> STATES = List.of(
            SessionState.Authenticated.class,
            SessionState.Opening.class,
            SessionState.Open.class,
            SessionState.Draining.class);

    private final BridgeContext bridge;
    private final SessionLog log;
    private final SessionFrames frames;
    private final Map<UUID, LinkSession> byId = new ConcurrentHashMap<>();
    private final Map<UUID, Set<LinkSession>> byLink = new ConcurrentHashMap<>();
    private final AtomicInteger sockets = new AtomicInteger();
    private volatile boolean draining;

    /** @param lastSessionOfLink the session that the log names last for a Link; null where there is none */
    public Sessions(BridgeContext bridge, Function<UUID, UUID> lastSessionOfLink) {
        this.bridge = bridge;
        this.log = new SessionLog(bridge.publisher(), bridge.topicPrefix());
        this.frames = new SessionFrames(bridge, () -> draining, lastSessionOfLink);
        for (Class<? extends SessionState> state : STATES) {
            bridge.metrics()
                    .gauge(
                            "sessions",
                            () -> count(state),
                            "state",
                            state.getSimpleName().toLowerCase(java.util.Locale.ROOT));
        }
        bridge.metrics().gauge("sockets", sockets::get);
        bridge.metrics().gauge("queries.unfinished", this::unfinished);
    }

    /** Counts a socket in; false where there are as many as there may be. */
    public boolean reserveSocket() {
        int before =
                sockets.getAndUpdate(count -> count < bridge.config().session().max() ? count + 1 : count);
        return before < bridge.config().session().max();
    }

    /** Counts a socket out, when it is really closed. */
    public void releaseSocket() {
        sockets.decrementAndGet();
    }

    /** A socket was upgraded: its token was right. */
    public LinkSession accept(LinkIdentity identity, LinkSocket socket) {
        LinkSession session = new LinkSession(identity, socket, bridge, log, this::forget);
        byId.put(session.id(), session);
        byLink.merge(identity.linkId(), Set.of(session), Sessions::union);
        return session;
    }

    /** A message came from a Link. */
    public void message(LinkSession session, ByteBuffer message) {
        frames.message(session, message);
    }

    /** A text message came from a Link; all frames are binary. */
    public void textMessage(LinkSession session) {
        bridge.metrics().dropped(Dropped.MALFORMED_FRAME);
        session.protocolError("a text message");
    }

    /** @param brokeProtocol whether it was closed for what the Link sent */
    public void socketClosed(LinkSession session, boolean brokeProtocol) {
        session.socketClosed(brokeProtocol);
    }

    /** The session of this id, in whatever state. */
    public Optional<LinkSession> find(UUID sessionId) {
        return Optional.ofNullable(byId.get(sessionId));
    }

    /** The sessions' topic has this, in its order. */
    public void read(SessionRecord record) {
        ofLink(record.linkId()).forEach(session -> session.read(record));
    }

    /** The registry's word on a Link may have changed. */
    public void linkChanged(UUID linkId) {
        Collection<LinkSession> sessions = ofLink(linkId);
        if (sessions.isEmpty()) {
            return;
        }
        LinkStatus status = bridge.registry().status(linkId).orElse(LinkStatus.ACTIVE);
        for (LinkSession session : sessions) {
            if (status == LinkStatus.ACTIVE) {
                session.pushAuthority();
            } else {
                SessionFrames.Revocation.of(status).apply(session);
            }
        }
    }

    /** Looks at all times that have run out. */
    public void sweep() {
        long now = bridge.clock().nanos();
        byId.values().forEach(session -> session.sweep(now));
        if (draining) {
            // One that was opening when the drain began is open by now.
            byId.values().forEach(this::drain);
        }
    }

    /** Takes no more sessions and sends the Links elsewhere, spread over the configured time. */
    public void drain() {
        draining = true;
        byId.values().forEach(this::drain);
    }

    private void drain(LinkSession session) {
        Duration spread = bridge.config().drain().spread();
        long after = ThreadLocalRandom.current().nextLong(spread.toMillis() + 1);
        session.drain(
                Duration.ofMillis(after), spread.plus(bridge.config().drain().unfinished()));
    }

    public boolean isDraining() {
        return draining;
    }

    /** Closes what is left at the end of a drain. */
    public void closeAll() {
        byId.values().forEach(LinkSession::finishDrain);
    }

    /** Closes everything without a word to Kafka: the slot is another instance's now. */
    public void abandonAll() {
        draining = true;
        byId.values().forEach(LinkSession::abandon);
    }

    public int size() {
        return byId.size();
    }

    /** Queries that were forwarded and have not ended. */
    public int unfinished() {
        return byId.values().stream().mapToInt(LinkSession::unfinished).sum();
    }

    /** Sockets, those included that are about to close. */
    public int sockets() {
        return sockets.get();
    }

    private long count(Class<? extends SessionState> state) {
        return byId.values().stream()
                .filter(session -> state.isInstance(session.state()))
                .count();
    }

    /** The sessions of a Link, in whatever state; more than one only until the later has won. */
    public Collection<LinkSession> ofLink(UUID linkId) {
        return byLink.getOrDefault(linkId, Set.of());
    }

    private void forget(LinkSession session) {
        byId.remove(session.id());
        byLink.computeIfPresent(session.linkId(), (link, sessions) -> {
            Set<LinkSession> left =
                    sessions.stream().filter(other -> other != session).collect(Collectors.toUnmodifiableSet());
            return left.isEmpty() ? null : left;
        });
    }

    private static Set<LinkSession> union(Set<LinkSession> some, Set<LinkSession> more) {
        return Stream.concat(some.stream(), more.stream()).collect(Collectors.toUnmodifiableSet());
    }
}
