package dev.halo.gateway.record;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamFormTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "*/*, -, false, -",
                "application/json, identity, false, -",
                "application/json, gzip, false, gzip",
                "application/json, 'gzip, zstd', false, zstd",
                "application/json, 'gzip;q=1, zstd;q=0.5', false, gzip",
                "application/json, 'zstd;q=0', false, -",
                "application/json, 'ZSTD', false, zstd",
                "application/json, 'gzip;q=nonsense', false, -",
                "application/x-ndjson, -, true, -",
                "application/x-ndjson, 'zstd, gzip', true, gzip",
                "application/x-ndjson, zstd, true, -"
            })
    void aRequestSaysWhichFormItWants(String accept, String encoding, boolean lines, String coding) {
        StreamForm form = StreamForm.of(List.of(MediaType.valueOf(accept)), encoding);

        assertThat(form).isEqualTo(new StreamForm(lines, coding));
    }
}
