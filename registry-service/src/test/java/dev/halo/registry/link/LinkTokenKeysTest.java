package dev.halo.registry.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class LinkTokenKeysTest {

    private static KeyPair pair(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    @RepeatedTest(20)
    void thePublicKeyFollowsFromThePrivateOne() throws GeneralSecurityException {
        KeyPair pair = pair("secp256r1");
        assertThat(LinkTokenKeys.publicKey((ECPrivateKey) pair.getPrivate())).isEqualTo(pair.getPublic());
    }

    @Test
    void anotherCurveIsRefused() throws GeneralSecurityException {
        KeyPair pair = pair("secp384r1");
        assertThatThrownBy(() -> LinkTokenKeys.publicKey((ECPrivateKey) pair.getPrivate()))
                .hasMessageContaining("P-256");
    }
}
