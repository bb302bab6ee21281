package dev.halo.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QueryIdsTest {

    @Test
    void anIdHoldsItsTime() {
        Instant createdAt = Instant.parse("2026-11-23T15:00:00.123Z");

        UUID id = QueryIds.at(createdAt);

        assertThat(id.version()).isEqualTo(7);
        assertThat(QueryIds.createdAt(id)).contains(createdAt);
        assertThat(QueryIds.at(createdAt)).isNotEqualTo(id);
    }

    @Test
    void anotherIdHoldsNone() {
        assertThat(QueryIds.createdAt(UUID.randomUUID())).isEmpty();
    }
}
