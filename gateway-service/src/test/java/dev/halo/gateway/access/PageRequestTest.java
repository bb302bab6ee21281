package dev.halo.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.gateway.error.Refusal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageRequestTest {

    private static final Instant NOW = Instant.parse("2026-03-02T00:00:00Z");

    @Test
    void byDefaultItIsTheLastDay() {
        PageRequest page = PageRequest.of(null, null, null, null, NOW);

        assertThat(page.from()).isEqualTo("2026-03-01T00:01:00Z");
        assertThat(page.to()).isEqualTo("2026-03-02T00:01:00Z");
        assertThat(page.limit()).isEqualTo(100);
        assertThat(page.behind().at()).isEqualTo(page.to());
    }

    @Test
    void aCursorLeadsToItsPlace() {
        PageRequest.Place place = new PageRequest.Place(Instant.parse("2026-03-01T10:00:00.123Z"), UUID.randomUUID());

        PageRequest page = PageRequest.of("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", place.cursor(), "7", NOW);

        assertThat(page.behind()).isEqualTo(place);
        assertThat(page.limit()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "x, , , , from",
        ", yesterday, , , to",
        "2026-03-02T00:00:00Z, 2026-03-01T00:00:00Z, , , from",
        ", , ???, , cursor",
        ", , eA, , cursor",
        ", , MS54, , cursor",
        ", , , 0, limit",
        ", , , 501, limit",
        ", , , many, limit"
    })
    void whatIsNotValidIsNamed(String from, String to, String cursor, String limit, String named) {
        assertThatThrownBy(() -> PageRequest.of(from, to, cursor, limit, NOW))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith(named);
    }

    @Test
    void aStatementGetsTheRangeTheFiltersAndOneEntryMore() {
        OffsetDateTime from = OffsetDateTime.parse("2026-03-01T00:00:00Z");
        OffsetDateTime to = from.plusDays(1);
        PageRequest page = new PageRequest(from.toInstant(), to.toInstant(), null, 10);

        assertThat(page.parameters("one", null)).containsExactly(from, to, to, new UUID(-1, -1), "one", null, 11L);
    }
}
