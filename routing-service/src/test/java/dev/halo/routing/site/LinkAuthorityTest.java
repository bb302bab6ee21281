package dev.halo.routing.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinkAuthorityTest {

    @Test
    void keepsTheFirstVersionsOfSoManyThatNoRecordHoldsThem() {
        // Given
        Map<String, Long> versions = new LinkedHashMap<>();
        versions.put("Zedmed:lost", 9L);
        for (int i = 0; i < 500; i++) {
            versions.put("Zedmed:" + "\"x".repeat(40) + i, Long.MAX_VALUE);
        }
        LinkAuthority authority = new LinkAuthority(List.of(), versions);

        // When
        Map<String, Long> kept = authority.versionsWithin(10_000);

        // Then
        assertThat(kept).containsEntry("Zedmed:lost", 9L).hasSizeBetween(50, 100);
        assertThat(Json.bytes(kept)).hasSizeLessThan(10_000);
    }

    @Test
    void keepsAllOfAFew() {
        // Given
        LinkAuthority authority = new LinkAuthority(List.of(), Map.of("Zedmed:a", 1L, "Zedmed:b", 2L));

        // When
        Map<String, Long> kept = authority.versionsWithin(10_000);

        // Then
        assertThat(kept).isEqualTo(authority.versions());
    }
}
