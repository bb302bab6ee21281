package dev.halo.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.QueryFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureStatusTest {

    @ParameterizedTest
    @CsvSource({
        "FBSQL, 335544569, 400",
        "HTTP, 413, 413",
        "HTTP, 502, 504",
        "HALO_LINK, 1001, 504",
        "HALO_LINK, 1002, 504",
        "HALO_LINK, 1003, 504",
        "HALO_LINK, 1004, 400",
        "HALO_LINK, 1005, 403",
        "HALO_LINK, 1006, 403",
        "HALO_LINK, 1007, 400",
        "HALO_LINK, 1008, 400",
        "HALO_LINK, 1009, 400",
        "HALO_LINK, 1010, 413",
        "HALO_LINK, 1011, 504",
        "HALO_LINK, 1099, 504",
        "HALO_LINK, 4711, 504"
    })
    void eachFailureHasItsStatus(ErrorType type, int code, int status) {
        assertThat(FailureStatus.of(new QueryFailure(type, code, "words"))).isEqualTo(status);
    }
}
