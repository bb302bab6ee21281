package dev.halo.gateway.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PmsQueryTest {

    private final PmsQuery query = new PmsQuery("DEVELOPER");

    @Test
    void readsBothSpellings() {
        assertThat(query.parse(" DB-1 ", "Zedmed")).isEqualTo(new PmsKey(PmsType.ZEDMED, "DB-1"));
        assertThat(query.parse("7", "Best Practice")).isEqualTo(new PmsKey(PmsType.BEST_PRACTICE, "7"));
    }

    @ParameterizedTest
    @CsvSource({
        ", Zedmed, practiceManagementSiteId is required",
        "' ', Zedmed, practiceManagementSiteId is required",
        "DB-1, , 'practiceManagementName is required: one of Best Practice, Zedmed, D4w'",
        "DB-1, zedmed, 'practiceManagementName must be one of Best Practice, Zedmed, D4w'",
        "DEVELOPER, Zedmed, first eight characters of its Halo GUID",
        "developer, Zedmed, first eight characters of its Halo GUID"
    })
    void refusesNamingTheParameter(String id, String name, String words) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> query.parse(id, name));

        assertThat(refusal).hasMessageContaining(words);
    }
}
