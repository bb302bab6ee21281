package dev.halo.registry.command;

import dev.halo.protocol.json.Json;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.outbox.Publication;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * A change in the making: one transaction, the records that tell of it and the audit of it. Used by one thread at a
 * time, for as long as the transaction lasts.
 */
public final class Command {

    private record OutboxRow(String topic, String key, String value) {}

    private record AuditRow(String action, String subjectKind, String subjectId, String reason, String detail) {}

    private static final String STORE_PUBLICATIONS = """
            insert into registry.outbox (command_id, topic, record_key, record_value)
            select :command, r.topic, r.key, r.value
            from json_to_recordset(cast(cast(:rows as text) as json)) as r(topic text, key text, value text)
            """;

    private static final String STORE_AUDIT = """
            insert into registry.audit_entry
                (at, actor_kind, actor, action, subject_kind, subject_id, reason, detail, command_id)
            select :at, :actorKind, :actor, r.action, r."subjectKind", r."subjectId", r.reason, r.detail, :command
            from json_to_recordset(cast(cast(:rows as text) as json)) as r(
                action text, "subjectKind" text, "subjectId" text, reason text, detail text)
            """;

    private final UUID id;
    private final Actor actor;
    private final Instant at;
    private final Mutiny.Session session;
    private final Map<String, Publication> publications = new LinkedHashMap<>();
    private final List<AuditEntry> audit = new ArrayList<>();

    Command(UUID id, Actor actor, Instant at, Mutiny.Session session) {
        this.id = id;
        this.actor = actor;
        this.at = at;
        this.session = session;
    }

    public Mutiny.Session session() {
        return session;
    }

    public Actor actor() {
        return actor;
    }

    /** The time of the change, the same for everything it touches. */
    public Instant at() {
        return at;
    }

    /**
     * The versions of what is made for the first time begin above this: the topics may know higher ones of it from before
     * the database was restored. Asked for after the first lock of the change, so that it cannot be raised meanwhile.
     */
    public Uni<Long> versionFloor() {
        return session.createNativeQuery("select version_floor from registry.deployment", Long.class)
                .getSingleResult();
    }

    /** Adds a record; a later one of the same topic and key takes its place. */
    public void publish(Publication publication) {
        publications.put(publication.topic() + " " + publication.key(), publication);
    }

    /** Adds an entry to the audit. */
    public void audit(AuditEntry entry) {
        audit.add(entry);
    }

    boolean publishes() {
        return !publications.isEmpty();
    }

    /** Writes the changed entities, the records to publish and the audit; the last step of the transaction. */
    Uni<Void> store() {
        return session.flush().chain(this::storePublications).chain(this::storeAudit);
    }

    private Uni<Void> storePublications() {
        if (publications.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<OutboxRow> rows = publications.values().stream()
                .map(p -> new OutboxRow(p.topic().name(), p.key(), p.value()))
                .toList();
        return session.createNativeQuery(STORE_PUBLICATIONS)
                .setParameter("command", id)
                .setParameter("rows", json(rows))
                .executeUpdate()
                .replaceWithVoid();
    }

    private Uni<Void> storeAudit() {
        if (audit.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<AuditRow> rows = audit.stream()
                .map(e -> new AuditRow(
                        e.action().name(),
                        e.subjectKind().name(),
                        e.subjectId(),
                        e.reason(),
                        e.detail().isEmpty() ? null : json(e.detail())))
                .toList();
        return session.createNativeQuery(STORE_AUDIT)
                .setParameter("at", at)
                .setParameter("actorKind", actor.kind().name())
                .setParameter("actor", actor.name())
                .setParameter("command", id)
                .setParameter("rows", json(rows))
                .executeUpdate()
                .replaceWithVoid();
    }

    private static String json(Object value) {
        return new String(Json.bytes(value), StandardCharsets.UTF_8);
    }
}
