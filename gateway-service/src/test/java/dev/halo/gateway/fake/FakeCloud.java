package dev.halo.gateway.fake;

import dev.halo.messaging.KafkaClients;
import dev.halo.messaging.KafkaRecords;
import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.IntegratorFact.Key;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;

/** Publishes what the registry would. */
public final class FakeCloud implements AutoCloseable {

    private final KafkaSettings settings;
    private final Producer<String, byte[]> producer;
    private final AtomicLong versions = new AtomicLong(System.nanoTime());

    public FakeCloud(KafkaSettings settings) {
        this.settings = settings;
        this.producer = KafkaClients.producer(settings, "fake-registry");
    }

    /** An integrator as the tests know it. */
    public record Integrator(UUID id, String key) {}

    /** A site as the tests know it. */
    public record Site(UUID id, UUID linkId, String pmsId) {}

    public Integrator integrator() {
        return integrator(List.of());
    }

    public Integrator integrator(List<String> allowedAddresses) {
        Integrator integrator = new Integrator(UUID.randomUUID(), "stage_" + UUID.randomUUID());
        publish(integrator, true, false, allowedAddresses);
        return integrator;
    }

    /** One with the limits of a tier. */
    public Integrator integratorOfTier(String tier) {
        Integrator integrator = new Integrator(UUID.randomUUID(), "stage_" + UUID.randomUUID());
        publish(integrator, true, false, List.of(), null, tier);
        return integrator;
    }

    public void publish(Integrator integrator, boolean active, boolean revoked, List<String> allowedAddresses) {
        publish(integrator, active, revoked, allowedAddresses, null, null);
    }

    /** Publishes where an integrator is notified. */
    public void notifyAt(Integrator integrator, IntegratorFact.Webhooks webhooks) {
        publish(integrator, true, false, List.of(), webhooks, null);
    }

    private void publish(
            Integrator integrator,
            boolean active,
            boolean revoked,
            List<String> allowedAddresses,
            IntegratorFact.Webhooks webhooks,
            String tier) {
        Key key = new Key(sha256(integrator.key()), KeySlot.PRIMARY, revoked);
        fact(new IntegratorFact.Integrator(
                integrator.id(),
                "Integrator",
                active,
                List.of(key),
                allowedAddresses,
                tier,
                webhooks,
                versions.getAndIncrement()));
    }

    public void pair(Integrator integrator, Site site, boolean active) {
        fact(new IntegratorFact.Pairing(integrator.id(), site.id(), active, versions.getAndIncrement()));
    }

    public void enable(Integrator integrator, Site site, boolean active) {
        Instant since = active ? Instant.now().truncatedTo(ChronoUnit.MILLIS) : null;
        fact(new IntegratorFact.Enablement(integrator.id(), site.id(), active, since, versions.getAndIncrement()));
    }

    /** A new, active, authoritative site of a new Link. */
    public Site site() {
        Site site = new Site(UUID.randomUUID(), UUID.randomUUID(), "DB-" + UUID.randomUUID());
        publish(site, SiteStatus.ACTIVE, Instant.now());
        authority(site);
        return site;
    }

    public void publish(Site site, SiteStatus status, Instant createdAt) {
        SiteRecord record = new SiteRecord(
                site.id(),
                site.linkId(),
                LinkStatus.ACTIVE,
                PmsType.ZEDMED,
                site.pmsId(),
                "Example Practice",
                "35.1",
                "0.1.0",
                List.of(new Catalogue("PATIENTS", true), new Catalogue("DOCUMENTS", false)),
                LicenceKind.DEVELOPER,
                status,
                null,
                createdAt,
                createdAt,
                versions.getAndIncrement());
        send(Topic.SITES, site.id().toString(), MessageType.SITE, record);
    }

    /** Makes a site the one that answers for its PMS ID. */
    public void authority(Site site) {
        AuthorityRecord record = new AuthorityRecord(
                PmsType.ZEDMED, site.pmsId(), site.linkId(), site.id(), Instant.now(), versions.getAndIncrement());
        send(Topic.AUTHORITY, record.key(), MessageType.AUTHORITY, record);
    }

    @Override
    public void close() {
        producer.close();
    }

    private void fact(IntegratorFact fact) {
        send(Topic.INTEGRATORS, fact.key(), MessageType.INTEGRATOR_FACT, fact);
    }

    private void send(Topic topic, String key, MessageType type, Object value) {
        try {
            producer.send(KafkaRecords.record(
                            topic.name(settings.topicPrefix()), null, key, MessageHeaders.of(type), Json.bytes(value)))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
