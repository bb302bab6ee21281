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
        ", , , many, limit",
        "-1000000000-01-01T00:00:00Z, , , , from",
        "1969-12-31T23:59:59Z, , , , from",
        ", +1000000000-12-31T23:59:59.999999999Z, , , to",
        ", +10000-01-01T00:00:00Z, , , to",
        ", -1000000000-01-01T00:00:00Z, , , to"
    })
    void whatIsNotValidIsNamed(String from, String to, String cursor, String limit, String named) {
        assertThatThrownBy(() -> PageRequest.of(from, to, cursor, limit, NOW))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith(named);
    }

    @Test
    void aCursorThatNoAnswerHasHeldIsRefused() {
        for (Instant at : new Instant[] {Instant.ofEpochMilli(Long.MAX_VALUE), Instant.ofEpochMilli(Long.MIN_VALUE)}) {
            String cursor = new PageRequest.Place(at, UUID.randomUUID()).cursor();

            assertThatThrownBy(() -> PageRequest.of(null, null, cursor, null, NOW))
                    .isInstanceOf(Refusal.class)
                    .hasMessageStartingWith("cursor");
        }
    }

    @Test
    void theEndsOfWhatCanBeAskedForCanBeWrittenDown() {
        PageRequest page = PageRequest.of("1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", null, null, NOW);

        assertThat(page.parameters()).hasSize(5);
        assertThat(PageRequest.of(null, "1970-01-01T00:00:00Z", null, null, NOW).from())
                .isBefore(page.from());
    }

    @Test
    void aWordIsWhatADatabaseCanLookFor() {
        assertThat(PageRequest.word("outcome", null)).isNull();
        assertThat(PageRequest.word("outcome", "refused:404")).isEqualTo("refused:404");
        for (String wrong : new String[] {"a\0b", "a b", "\u00e9", "x".repeat(101)}) {
            assertThatThrownBy(() -> PageRequest.word("outcome", wrong)).hasMessageStartingWith("outcome");
        }
    }

    @Test
    void aStatementGetsTheRangeTheFiltersAndOneEntryMore() {
        OffsetDateTime from = OffsetDateTime.parse("2026-03-01T00:00:00Z");
        OffsetDateTime to = from.plusDays(1);
        PageRequest page = new PageRequest(from.toInstant(), to.toInstant(), null, 10);

        assertThat(page.parameters("one", null)).containsExactly(from, to, to, new UUID(-1, -1), "one", null, 11L);
    }
}
