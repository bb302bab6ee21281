package dev.halo.messaging;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.site.Availability;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The current session of every Link: the later {@code open} in the log, as long as its bridge is alive. */
public final class SessionDirectory implements AutoCloseable {

    /** Silence after which a Link that is away counts as unreachable. */
    public static final Duration UNREACHABLE_AFTER = Duration.ofMinutes(2);

    private final SlotDirectory slots;
    private final CompactedView<State> view;
    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();

    /**
     * @param open the session that is or was current; null where compaction has kept only its end
     * @param closed null while it is open
     */
    record State(SessionRecord.Open open, SessionRecord.Closed closed) {}

    /** @param slots started and closed by the caller */
    public SessionDirectory(KafkaSettings settings, SlotDirectory slots) {
        this.slots = slots;
        this.view = CompactedView.of(
                settings,
                Topic.SESSIONS,
                SessionDirectory::decode,
                SessionDirectory::reduce,
                key -> !AuthorityConfirmation.isKey(key),
                Duration.ofMillis(300));
        this.view.addListener((key, state) -> {
            UUID linkId = UUID.fromString(key);
            listeners.forEach(listener -> listener.accept(linkId));
        });
    }

    public SessionDirectory start() {
        view.start();
        return this;
    }

    /** Completes when sessions and slots are loaded. */
    public CompletionStage<Void> loaded() {
        return CompletableFuture.allOf(
                view.loaded().toCompletableFuture(), slots.loaded().toCompletableFuture());
    }

    public boolean isLoaded() {
        return view.isLoaded() && slots.isLoaded();
    }

    /** Told the Link of each session record, in the view's thread; it must not block. */
    public void addListener(Consumer<UUID> linkChanged) {
        listeners.add(linkChanged);
    }

    /** The session that the log says is open, whether or not its bridge is alive. */
    public Optional<SessionRecord.Open> opened(UUID linkId) {
        return view.get(linkId.toString()).filter(state -> state.closed == null).map(State::open);
    }

    public LinkPresence presence(UUID linkId) {
        State state = view.get(linkId.toString()).orElse(null);
        if (state == null) {
            return new LinkPresence.Never();
        }
        if (state.closed != null) {
            return state.closed.cause() == CloseCause.CLOSED
                    ? new LinkPresence.Offline(state.closed.lastHeardAt())
                    : new LinkPresence.Away(state.open, state.closed.lastHeardAt());
        }
        SessionRecord.Open open = state.open;
        if (slots.isLive(SlotRecord.Kind.ROUTING, open.slot(), open.incarnation())) {
            return new LinkPresence.Connected(open);
        }
        return new LinkPresence.Away(
                open,
                slots.lastHeard(SlotRecord.Kind.ROUTING, open.slot(), open.incarnation())
                        .orElse(open.openedAt()));
    }

    public Availability availability(UUID linkId) {
        LinkPresence presence = presence(linkId);
        if (presence instanceof LinkPresence.Connected) {
            return Availability.ONLINE;
        }
        if (presence instanceof LinkPresence.Offline) {
            return Availability.OFFLINE;
        }
        if (presence instanceof LinkPresence.Away away
                && Duration.between(away.lastHeardAt(), slots.now()).compareTo(UNREACHABLE_AFTER) < 0) {
            return Availability.ONLINE;
        }
        return Availability.UNREACHABLE;
    }

    /** When the Link was last heard; empty if never. */
    public Optional<Instant> lastHeard(UUID linkId) {
        LinkPresence presence = presence(linkId);
        if (presence instanceof LinkPresence.Connected connected) {
            SessionRecord.Open open = connected.session();
            return slots.lastHeard(SlotRecord.Kind.ROUTING, open.slot(), open.incarnation());
        }
        if (presence instanceof LinkPresence.Away away) {
            return Optional.of(away.lastHeardAt());
        }
        return presence instanceof LinkPresence.Offline offline ? Optional.of(offline.since()) : Optional.empty();
    }

    /** The Links with a session that the log says is open. */
    public Map<String, ?> links() {
        return view.all().entrySet().stream()
                .filter(entry -> entry.getValue().closed == null)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue().open));
    }

    /** Reads up to the log's end of this moment; true when it was reached in time. Never fails. */
    public CompletionStage<Boolean> catchUp() {
        return view.catchUp();
    }

    @Override
    public void close() {
        view.close();
    }

    private static State decode(byte[] value) {
        SessionRecord record = Json.read(value, SessionRecord.class);
        return record instanceof SessionRecord.Open open
                ? new State(open, null)
                : new State(null, (SessionRecord.Closed) record);
    }

    /** An {@code open} always wins over what was before; an end counts only for the session that is current. */
    static State reduce(State current, State incoming, ConsumerRecord<String, byte[]> record) {
        if (incoming.closed == null || current == null) {
            return incoming;
        }
        if (current.open == null) {
            // Compaction has left ends of which the sessions are not known: the latest of them tells most.
            return incoming.closed.lastHeardAt().isAfter(current.closed.lastHeardAt()) ? incoming : current;
        }
        return current.open.sessionId().equals(incoming.closed.sessionId()) && current.closed == null
                ? new State(current.open, incoming.closed)
                : current;
    }
}
