package dev.halo.registry.confirmation;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A switch tells whether the losing Link has applied it. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class ConfirmationIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private final String pmsId = RegistryClient.pmsId();
    private final UUID oldSite = UUID.randomUUID();
    private final UUID newSite = UUID.randomUUID();

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
    }

    @Test
    void theLosingLinkIsAskedAndItsAnswerIsTold() throws Exception {
        // Given the losing Link has a session at a bridge that is alive
        EnrolResponse before = link(oldSite);
        EnrolResponse after = link(newSite);
        UUID incarnation = UUID.randomUUID();
        UUID session = UUID.randomUUID();
        SlotRecord beat =
                new SlotRecord(SlotRecord.Kind.ROUTING, 3, incarnation, Instant.now(), SlotRecord.State.ACTIVE);
        write(Topic.SLOT_BEATS, beat.key(), beat);
        write(
                Topic.SESSIONS,
                before.linkId().toString(),
                new SessionRecord.Open(before.linkId(), session, 3, incarnation, Instant.now(), "1.0", 0));

        // When it has not answered in time
        String[] switchId = new String[1];
        String key = AuthorityRecord.keyOf(PmsType.ZEDMED, pmsId);
        switchId[0] = client.switchNow(before.linkId(), after.linkId())
                .statusCode(200)
                .extract()
                .path("switchId");
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> client.operator()
                .get("/admin/v1/authority/switches/{id}", switchId[0])
                .then()
                .body("confirmation.state", equalTo("pending")));

        // And answers of an older version, then of this one
        write(
                Topic.SESSIONS,
                AuthorityConfirmation.keyOf(before.linkId()),
                new AuthorityConfirmation(before.linkId(), session, Map.of(key, 1L), Instant.now()));
        client.operator()
                .get("/admin/v1/authority/switches/{id}", switchId[0])
                .then()
                .body("confirmation.state", equalTo("pending"));
        Instant at = Instant.parse("2026-11-23T10:00:00Z");
        write(
                Topic.SESSIONS,
                AuthorityConfirmation.keyOf(before.linkId()),
                new AuthorityConfirmation(before.linkId(), session, Map.of(key, 2L), at));

        // Then
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> client.operator()
                .get("/admin/v1/authority/switches/{id}", switchId[0])
                .then()
                .body("confirmation.state", equalTo("confirmed"))
                .body("confirmation.at", containsString("2026-11-23T10:00:00")));
    }

    private EnrolResponse link(UUID siteId) {
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
        return link;
    }

    private void write(Topic topic, String key, Object value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", suite.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.baseName(), key, Json.bytes(value)))
                    .get();
        }
    }
}
