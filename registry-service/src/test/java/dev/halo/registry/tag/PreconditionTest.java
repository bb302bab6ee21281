package dev.halo.registry.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.registry.error.ApiException;
import jakarta.ws.rs.core.Response.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionTest {

    @ParameterizedTest
    @ValueSource(strings = {"*", "\"7-abcdef\"", "\"7\"", "7", "\"3-aa\", \"7-bb\"", "W/\"7-cc\"", " "})
    void itHolds(String header) {
        assertThatCode(() -> Precondition.of(header).requires(7)).doesNotThrowAnyException();
    }

    @Test
    void withoutAHeaderNothingIsAsked() {
        assertThatCode(() -> Precondition.of(null).requires(7)).doesNotThrowAnyException();
        assertThatCode(() -> Precondition.none().requires(7)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"6-abcdef\"", "\"abcdef\"", "nonsense", "\"77\""})
    void itDoesNotHold(String header) {
        assertThatThrownBy(() -> Precondition.of(header).requires(7))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status()).isEqualTo(Status.PRECONDITION_FAILED))
                .hasMessageContaining("version 7");
    }

    @Test
    void aTagIsFoundInAList() {
        assertThat(EntityTags.names("\"a\", W/\"b\"", "\"b\"")).isTrue();
        assertThat(EntityTags.names("*", "\"b\"")).isTrue();
        assertThat(EntityTags.names("\"a\"", "\"b\"")).isFalse();
        assertThat(EntityTags.names(null, "\"b\"")).isFalse();
    }
}
