package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.authority.AuthoritySnapshot;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.health.PublishingReadiness;
import dev.halo.registry.outbox.RelayHarness.Running;
import dev.halo.registry.pairing.PairingSnapshot;
import dev.halo.registry.site.SiteSnapshot;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

/** After a restore from a backup the topics know more than the database: what the database says must still be heard. */
class RestoredDatabaseIT {

    private static final String PMS_ID = "DB1";
    private static final String AUTHORITY = AuthorityRecord.keyOf(PmsType.ZEDMED, PMS_ID);

    private final UUID linkId = UUID.randomUUID();
    private final UUID siteId = UUID.randomUUID();

    @Test
    void whatTheDatabaseSaysIsHeardAndWhatItDoesNotKnowIsWithdrawn() throws Exception {
        String name = RelayHarness.unique("restored");
        UUID integrator = UUID.randomUUID();
        String pairing = IntegratorFact.Pairing.keyOf(integrator, siteId);
        try (RelayHarness relays = new RelayHarness(name, name)) {
            // Given what was backed up, and published
            fill(relays);
            Running before = relays.start(RestoredDatabaseIT::snapshots);
            awaitVersion(relays, 1);
            // And what came after the backup: a few switches, the last one away, and a pairing
            relays.store(UUID.randomUUID(), Publication.of(new IntegratorFact.Pairing(integrator, siteId, true, 4)));
            relays.store(
                    UUID.randomUUID(),
                    Publication.of(new AuthorityRecord(PmsType.ZEDMED, PMS_ID, null, null, Instant.now(), 7)));
            awaitVersion(relays, 7);
            before.stop();

            // When the registry starts on the restored database
            Running restored = relays.start(RestoredDatabaseIT::snapshots);
            RelayHarness.awaitState(restored, RelayState.PUBLISHING);

            // Then what it says is above what was published
            awaitVersion(relays, 8);
            AuthorityRecord authority = relays.last(Topic.AUTHORITY, AUTHORITY, AuthorityRecord.class);
            assertThat(authority.siteId()).isEqualTo(siteId);
            assertThat(relays.number("select version from registry.authority")).isEqualTo(8);
            assertThat(relays.number("select version from registry.site")).isEqualTo(8);
            assertThat(relays.last(Topic.SITES, siteId.toString(), SiteRecord.class)
                            .version())
                    .isEqualTo(8);
            assertThat(relays.number("select version_floor from registry.deployment"))
                    .isEqualTo(7);
            assertThat(relays.number("select count(*) from registry.audit_entry where action = 'VERSIONS_RAISED'"))
                    .isEqualTo(1);
            assertThat(relays.reader().records(Topic.INTEGRATORS))
                    .filteredOn(record -> record.key().equals(pairing))
                    .extracting(ConsumerRecord::value)
                    .last()
                    .isNull();
            assertThat(ready(restored)).isEqualTo(Status.UP);

            // And the next start changes nothing
            restored.stop();
            RelayHarness.awaitState(relays.start(RestoredDatabaseIT::snapshots), RelayState.PUBLISHING);
            assertThat(relays.number("select version from registry.authority")).isEqualTo(8);
        }
    }

    @Test
    void aDatabaseThatHasNeverHadASiteIsRefused() throws Exception {
        // Given
        String topics = RelayHarness.unique("topics");
        try (RelayHarness relays = new RelayHarness(RelayHarness.unique("first"), topics)) {
            fill(relays);
            relays.start(RestoredDatabaseIT::snapshots);
            awaitVersion(relays, 1);
        }

        // When
        try (RelayHarness others = new RelayHarness(RelayHarness.unique("second"), topics)) {
            Running other = others.start(RestoredDatabaseIT::snapshots);

            // Then
            RelayHarness.awaitState(other, RelayState.FOREIGN_DATABASE);
            assertThat(ready(other)).isEqualTo(Status.DOWN);
            assertThat(others.last(Topic.SITES, siteId.toString(), SiteRecord.class))
                    .isNotNull();
        }
    }

    @Test
    void theTopicsBelongToTheDatabaseThatWroteThemAlsoWithoutSites() throws Exception {
        // Given
        String topics = RelayHarness.unique("topics");
        IntegratorFact.Pairing pairing = new IntegratorFact.Pairing(UUID.randomUUID(), siteId, true, 1);
        try (RelayHarness own = new RelayHarness(RelayHarness.unique("own"), topics);
                RelayHarness others = new RelayHarness(RelayHarness.unique("other"), topics)) {
            own.store(UUID.randomUUID(), Publication.of(pairing));
            Running before = own.start();
            own.awaitEmpty(before);
            before.stop();

            // When
            Running other = others.start();

            // Then
            RelayHarness.awaitState(other, RelayState.FOREIGN_DATABASE);
            other.stop();
            assertThat(own.last(Topic.INTEGRATORS, pairing.key(), IntegratorFact.Pairing.class))
                    .isEqualTo(pairing);

            // And the one that remembers the topics is theirs, though it has nothing of what they hold
            RelayHarness.awaitState(own.start(), RelayState.PUBLISHING);
        }
    }

    private static List<Snapshot> snapshots(RegistryConfig config) {
        return List.of(new SiteSnapshot(), new AuthoritySnapshot(), new PairingSnapshot());
    }

    private static Status ready(Running relay) {
        return new PublishingReadiness(relay.status()).call().getStatus();
    }

    private static void awaitVersion(RelayHarness relays, long version) {
        Awaitility.await()
                .atMost(RelayHarness.SOON)
                .ignoreExceptions()
                .until(() -> relays.last(Topic.AUTHORITY, AUTHORITY, AuthorityRecord.class)
                                .version()
                        == version);
    }

    /** A Link with a site that is authoritative. */
    private void fill(RelayHarness relays) throws SQLException {
        UUID token = UUID.randomUUID();
        relays.execute("insert into registry.deployment (environment) values ('PRODUCTION')");
        relays.execute("insert into registry.enrolment_token (token_id, token_sha256, environment, any_pms_id,"
                + " created_by, created_at, expires_at) values ('" + token
                + "', 'x', 'PRODUCTION', false, 'alice', now(), now())");
        relays.execute("insert into registry.link (link_id, status, any_pms_id, secret_sha256, enrolled_with,"
                + " enrolled_at, token_issued_at, version) values ('" + linkId + "', 'ACTIVE', false, 'x', '" + token
                + "', now(), now(), 1)");
        relays.execute("insert into registry.site (site_id, link_id, pms_type, pms_id, catalogues, licence_kind,"
                + " status, announced, created_at, activated_at, enriched_at, version) values ('" + siteId + "', '"
                + linkId + "', 'ZEDMED', '" + PMS_ID
                + "', '[]', 'STANDARD', 'ACTIVE', true, now(), now(), now(), 1)");
        relays.execute("insert into registry.authority (pms_type, pms_id, link_id, site_id, since, version) values"
                + " ('ZEDMED', '" + PMS_ID + "', '" + linkId + "', '" + siteId + "', now(), 1)");
    }
}
