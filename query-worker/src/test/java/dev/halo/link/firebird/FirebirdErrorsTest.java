package dev.halo.link.firebird;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirebirdErrorsTest {

    @Test
    void givesFirebirdsCodeAndMessageWithoutTheDriversSuffix() {
        QueryFailure failure = FirebirdErrors.failure(new SQLException(
                "Dynamic SQL Error; Token unknown - line 1, column 8; xyz [SQLState:42000, ISC error code:335544634]",
                "42000",
                335544634));

        assertThat(failure)
                .isEqualTo(new QueryFailure(
                        ErrorType.FBSQL, 335544634, "Dynamic SQL Error; Token unknown - line 1, column 8; xyz"));
    }

    @Test
    void hintsAtAWayToWrite() {
        QueryFailure failure = FirebirdErrors.failure(
                new SQLException("attempted update during read-only transaction", "25006", 335544361));

        assertThat(failure.code()).isEqualTo(335544361);
        assertThat(failure.message()).contains("storedProcedure", "nonQuery");
    }

    @ParameterizedTest
    @CsvSource({
        "335544344, 08001, 'I/O error during open for file /var/lib/x/patients.fdb'",
        "335544721, 08006, Unable to complete network request to host server1",
        "335544351, 42000, 'x C:\\Zedmed\\data\\p.fdb y /var/lib/firebird/p.fdb \\\\server\\share'"
    })
    void neverNamesAPathOrAHost(int code, String state, String message) {
        QueryFailure failure = FirebirdErrors.failure(new SQLException(message, state, code));

        assertThat(failure.message()).doesNotContain("/var", "server1", "C:", "Zedmed", "share");
    }

    @Test
    void keepsDatesAndNumbersInAMessage() {
        QueryFailure failure = FirebirdErrors.failure(
                new SQLException("conversion error from string \"1/2/2024\"", "22018", 335544334));

        assertThat(failure.message()).contains("1/2/2024");
    }

    @Test
    void namesNoClassOfTheDriver() {
        QueryFailure failure =
                FirebirdErrors.failure(new SQLException("Error converting to java.lang.String", "07006", 337248300));

        assertThat(failure.is(LinkErrorCode.INTERNAL)).isTrue();
        assertThat(failure.message()).doesNotContain("java.");
    }

    @Test
    void knowsALostConnectionByStateCodeAndCause() {
        assertThat(FirebirdErrors.isConnectionLost(new SQLException("x", "08006", 1)))
                .isTrue();
        assertThat(FirebirdErrors.isConnectionLost(new SQLException("x", "HY000", 335544726)))
                .isTrue();
        assertThat(FirebirdErrors.isConnectionLost(new SQLException("x", new IOException())))
                .isTrue();
        assertThat(FirebirdErrors.isConnectionLost(new SQLException("x", "42000", 335544634)))
                .isFalse();
    }
}
