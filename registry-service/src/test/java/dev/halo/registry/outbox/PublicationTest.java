package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.topic.Topic;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PublicationTest {

    @Test
    void eachTopicHasItsTypeAndKey() {
        UUID integrator = UUID.randomUUID();
        UUID site = UUID.randomUUID();
        Publication publication = Publication.of(new IntegratorFact.Pairing(integrator, site, true, 3));
        assertThat(publication.topic()).isEqualTo(Topic.INTEGRATORS);
        assertThat(publication.key()).isEqualTo("pairing:" + integrator + ":" + site);
        assertThat(publication.type()).isEqualTo(MessageType.INTEGRATOR_FACT);
        assertThat(publication.value()).contains("\"kind\":\"pairing\"").contains("\"version\":3");
    }

    @Test
    void whatTheBrokerWouldRefuseIsNeverStored() {
        assertThatThrownBy(() -> new Publication(Topic.SITES, "k", "x".repeat(64 * 1024)))
                .hasMessageContaining("larger than halo.sites takes");
        assertThatThrownBy(() -> new Publication(Topic.QUERIES, "k", "{}"))
                .hasMessageContaining("not a topic of the registry");
    }
}
