package dev.halo.registry.integrator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidrBlockTest {

    private final CidrBlock.Validator validator = new CidrBlock.Validator();

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "10.0.0.0/8", "2001:db8::/32", "::1", "0.0.0.0/0"})
    void literalsAreRight(String block) {
        assertThat(validator.isValid(block, null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org", "10.0.0.0/33", "2001:db8::/129", "300.1.1.1", "10.0.0.0/", "", "10.0.0/8/8"})
    void anythingElseIsWrong(String block) {
        assertThat(validator.isValid(block, null)).isFalse();
    }
}
