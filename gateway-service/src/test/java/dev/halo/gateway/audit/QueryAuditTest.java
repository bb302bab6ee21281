package dev.halo.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.config.AuditConfig;
import dev.halo.gateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QueryAuditTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final QueryAudit audit = new QueryAudit(
            new Store(null, () -> false), config("halo.gateway.audit.max-waiting", "10"), Clock.systemUTC(), metrics);

    @Test
    void whoeverTriesKeysDoesNotPushOutWhatTellsOfIntegrators() {
        for (int i = 0; i < 20; i++) {
            audit.add(entry(null));
        }
        assertThat(metrics.get("halo.gateway.audit.lost").counter().count()).isEqualTo(15);

        for (int i = 0; i < 5; i++) {
            audit.add(entry(UUID.randomUUID()));
        }

        assertThat(metrics.get("halo.gateway.audit.lost").counter().count()).isEqualTo(15);
        assertThat(metrics.get("halo.gateway.audit.waiting").gauge().value()).isEqualTo(10);
    }

    @Test
    void beyondItsBoundAnEntryIsLostAndCounted() {
        for (int i = 0; i < 12; i++) {
            audit.add(entry(UUID.randomUUID()));
        }

        assertThat(metrics.get("halo.gateway.audit.lost").counter().count()).isEqualTo(2);
    }

    private static AuditEntry entry(UUID integratorId) {
        return new AuditEntry(
                Instant.EPOCH,
                UUID.randomUUID(),
                AuditEntry.Event.REQUEST,
                integratorId,
                null,
                null,
                "GET",
                null,
                null,
                401,
                "refused:credential",
                null,
                null,
                1,
                null);
    }

    private static AuditConfig config(String name, String value) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(AuditConfig.class)
                .withSources(new PropertiesConfigSource(Map.of(name, value), "test", 100))
                .build()
                .getConfigMapping(AuditConfig.class);
    }
}
