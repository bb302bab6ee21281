package dev.halo.link.enablement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class IntegratorNamesTest {

    @Test
    void differForEachPairAndFitTheServer() {
        UUID one = UUID.randomUUID();
        UUID other = UUID.randomUUID();

        assertThat(IntegratorNames.user(one, other))
                .matches("H_[A-Z2-7]{26}")
                .isEqualTo(IntegratorNames.user(one, other));
        assertThat(IntegratorNames.role(one, other)).matches("HALO_R_[A-Z2-7]{24}");
        assertThat(IntegratorNames.user(one, other)).isNotEqualTo(IntegratorNames.user(other, one));
    }
}
