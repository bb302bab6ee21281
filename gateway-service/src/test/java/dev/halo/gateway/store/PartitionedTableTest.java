package dev.halo.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PartitionedTableTest {

    private static final Instant NOW = Instant.parse("2026-11-23T15:20:00Z");

    private final PartitionedTable table =
            new PartitionedTable("result_page", Duration.ofHours(1), Duration.ofHours(2), Duration.ofHours(36));

    @Test
    void coversTheHourBeforeAndThoseAhead() {
        assertThat(table.wanted(NOW).map(table::partition))
                .containsExactly(
                        "result_page_2026112314",
                        "result_page_2026112315",
                        "result_page_2026112316",
                        "result_page_2026112317");
    }

    @Test
    void expiresWhenItsLastRowIsTooOld() {
        assertThat(table.isExpired("result_page_2026112202", NOW)).isTrue();
        assertThat(table.isExpired("result_page_2026112203", NOW)).isFalse();
    }

    @Test
    void leavesOtherTablesAlone() {
        assertThat(table.isExpired("result_page_keep", NOW)).isFalse();
        assertThat(table.isExpired("immediate_query_2020010100", NOW)).isFalse();
    }
}
