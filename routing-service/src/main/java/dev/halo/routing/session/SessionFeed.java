package dev.halo.routing.session;

import dev.halo.messaging.CompactedView;
import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The sessions' topic in its order, for the bridge's own sessions, and the proof that a session is nobody's: a gateway
 * can name only a session whose record is in the log, so whoever has read the log to its end and knows of no newer owner
 * of the slot with that session may say that nobody has it.
 */
public final class SessionFeed implements AutoCloseable {

    /** A query that cannot be released in this time is left to its gateway's time-out. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private static final int REMEMBERED = 20_000;

    private final int slot;
    private final CompactedView<SessionRecord> view;
    private final Set<UUID> others = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));
    private volatile UUID incarnation;
    private volatile Consumer<SessionRecord> listener = record -> {};

    /** @param slot of this instance */
    public SessionFeed(KafkaSettings settings, int slot) {
        this.slot = slot;
        this.view = CompactedView.of(
                settings,
                Topic.SESSIONS,
                value -> Json.read(value, SessionRecord.class),
                (current, incoming, record) -> incoming,
                key -> !AuthorityConfirmation.isKey(key),
                CATCH_UP);
        view.addListener((key, value) -> value.ifPresent(this::read));
    }

    /** Starts to read. */
    public SessionFeed start() {
        view.start();
        return this;
    }

    /** Completes when the topic as it was at the start has been read. */
    public CompletionStage<Void> loaded() {
        return view.loaded();
    }

    /**
     * Hands records on from now on, in the view's thread.
     *
     * @param own the incarnation of this instance; sessions that another one opens on the slot from now on are its
     */
    public void attach(UUID own, Consumer<SessionRecord> to) {
        incarnation = own;
        listener = to;
    }

    /** The session that the log names last for a Link; null where there is none. */
    public UUID lastSession(UUID linkId) {
        return view.get(linkId.toString()).map(SessionRecord::sessionId).orElse(null);
    }

    /** Completes with true where no newer owner of the slot can have the session; never fails. */
    public CompletionStage<Boolean> mayRelease(UUID sessionId) {
        return view.catchUp().thenApply(reached -> reached && !others.contains(sessionId));
    }

    /** Records that could not be read. */
    public long malformedRecords() {
        return view.malformedRecords();
    }

    /** How long the view has not polled. */
    public Duration sinceLastPoll() {
        return view.sinceLastPoll();
    }

    @Override
    public void close() {
        view.close();
    }

    private void read(SessionRecord record) {
        if (incarnation != null
                && record instanceof SessionRecord.Open open
                && open.slot() == slot
                && !open.incarnation().equals(incarnation)) {
            others.add(open.sessionId());
        }
        listener.accept(record);
    }
}
