package dev.halo.registry.confirmation;

import dev.halo.messaging.CompactedView;
import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.SessionDirectory;
import dev.halo.messaging.SlotDirectory;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.config.KafkaConfig;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.confirmation.Confirmation.State;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What Links have confirmed about authority, as the bridges wrote it to {@code halo.sessions}. Nothing depends on it but
 * what operators are told.
 */
@ApplicationScoped
public class Confirmations {

    private static final Duration CATCH_UP = Duration.ofMillis(300);

    /** What of a record is read; of one that is no confirmation nothing is used. */
    record Told(UUID linkId, Map<String, Long> versions, Instant at) {}

    private record Waiter(UUID linkId, Map<String, Long> versions, CompletableFuture<Void> done) {}

    private final SlotDirectory slots;
    private final SessionDirectory directory;
    private final CompactedView<Told> confirmed;
    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private final int maxWaiting;

    public Confirmations(KafkaConfig kafka, RegistryConfig config) {
        KafkaSettings settings = kafka.settings();
        this.slots = new SlotDirectory(settings);
        this.directory = new SessionDirectory(settings, slots);
        this.confirmed = CompactedView.of(
                settings,
                Topic.SESSIONS,
                value -> Json.read(value, Told.class),
                (current, incoming, record) -> AuthorityConfirmation.isKey(record.key()) ? incoming : null,
                CATCH_UP);
        this.confirmed.addListener((key, told) -> told.ifPresent(this::heard));
        this.maxWaiting = config.authority().maxWaiting();
    }

    void start(@Observes StartupEvent event) {
        slots.start();
        directory.start();
        confirmed.start();
    }

    void stop(@Observes ShutdownEvent event) {
        confirmed.close();
        directory.close();
        slots.close();
        waiting.forEach(waiter -> waiter.done().complete(null));
    }

    /**
     * Whether a Link has confirmed; waits for it while it is connected.
     *
     * @param versions of the authority, by the keys of {@code halo.authority}, that it must have been told of
     * @param atMost how long; zero does not wait
     */
    public Uni<Confirmation> of(UUID linkId, Map<String, Long> versions, Duration atMost) {
        Confirmation now = now(linkId, versions);
        if (now.state() != State.PENDING || atMost.isZero() || waiting.size() >= maxWaiting) {
            return Uni.createFrom().item(now);
        }
        Waiter waiter = new Waiter(linkId, versions, new CompletableFuture<>());
        waiting.add(waiter);
        waiter.done().whenComplete((done, failure) -> waiting.remove(waiter));
        if (now(linkId, versions).state() != State.PENDING) {
            // It came between the first look and the waiter.
            waiter.done().complete(null);
        }
        return Uni.createFrom()
                .completionStage(waiter.done().completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS))
                // Not in the view's thread, which must go on reading.
                .emitOn(Infrastructure.getDefaultExecutor())
                .map(done -> now(linkId, versions));
    }

    private Confirmation now(UUID linkId, Map<String, Long> versions) {
        Optional<Told> told = confirmed.get(AuthorityConfirmation.keyOf(linkId)).filter(one -> covers(one, versions));
        if (told.isPresent()) {
            return new Confirmation(State.CONFIRMED, told.get().at());
        }
        boolean known = confirmed.isLoaded() && directory.isLoaded();
        boolean connected = directory.presence(linkId) instanceof LinkPresence.Connected;
        return new Confirmation(!known || connected ? State.PENDING : State.NOT_CONNECTED, null);
    }

    private static boolean covers(Told told, Map<String, Long> versions) {
        return told.versions() != null
                && versions.entrySet().stream()
                        .allMatch(one -> told.versions().getOrDefault(one.getKey(), 0L) >= one.getValue());
    }

    private void heard(Told told) {
        waiting.stream()
                .filter(waiter -> waiter.linkId().equals(told.linkId()) && covers(told, waiter.versions()))
                .forEach(waiter -> waiter.done().complete(null));
    }
}
