package dev.halo.protocol.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.golden.Samples;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SecretSealTest {

    private final SecretSeal seal = SecretSeal.of(Base64.getEncoder().encodeToString(new byte[32]));

    @Test
    void whatIsSealedCanBeOpened() {
        String sealed = seal.seal(Samples.INTEGRATOR, "a secret");

        assertThat(sealed).doesNotContain("secret").isNotEqualTo(seal.seal(Samples.INTEGRATOR, "a secret"));
        assertThat(seal.open(Samples.INTEGRATOR, sealed)).isEqualTo("a secret");
    }

    @Test
    void anotherIntegratorsSecretDoesNotOpen() {
        String sealed = seal.seal(Samples.INTEGRATOR, "a secret");

        assertThatThrownBy(() -> seal.open(Samples.LINK, sealed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherKeyDoesNotOpen() {
        byte[] other = new byte[32];
        other[0] = 1;
        String sealed = SecretSeal.of(Base64.getEncoder().encodeToString(other)).seal(Samples.INTEGRATOR, "a secret");

        assertThatThrownBy(() -> seal.open(Samples.INTEGRATOR, sealed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNotSealedDoesNotOpen() {
        for (String text : new String[] {"", "1.", "1.AAAA", "2.AAAA", "1.!!"}) {
            assertThatThrownBy(() -> seal.open(Samples.INTEGRATOR, text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aKeyHas32Bytes() {
        assertThatThrownBy(() -> SecretSeal.of("AAAA")).hasMessageContaining("32 bytes, has 3");
        assertThatThrownBy(() -> SecretSeal.of("not base64!")).hasMessageContaining("base64");
    }
}
