package dev.halo.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemKeysTest {

    private final KeyPair keys = LinkTokensTest.keys("secp256r1");

    @Test
    void pemIsRead() {
        assertThat(PemKeys.publicKey(pem("PUBLIC KEY", keys.getPublic().getEncoded())))
                .isEqualTo(keys.getPublic());
        assertThat(PemKeys.privateKey(pem("PRIVATE KEY", keys.getPrivate().getEncoded())))
                .isEqualTo(keys.getPrivate());
    }

    @Test
    void bareBase64IsRead() {
        Base64.Encoder base64 = Base64.getEncoder();

        assertThat(PemKeys.publicKey(base64.encodeToString(keys.getPublic().getEncoded())))
                .isEqualTo(keys.getPublic());
        assertThat(PemKeys.privateKey(base64.encodeToString(keys.getPrivate().getEncoded())))
                .isEqualTo(keys.getPrivate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MARKER", "-----BEGIN PUBLIC KEY-----\nMARKER\n-----END PUBLIC KEY-----"})
    void whatIsNoKeyIsNamedAndNotQuoted(String text) {
        assertThatThrownBy(() -> PemKeys.publicKey(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("public EC P-256 key")
                .hasMessageNotContaining("MARKER")
                .hasNoCause();
        assertThatThrownBy(() -> PemKeys.privateKey(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("private EC P-256 key")
                .hasMessageNotContaining("MARKER")
                .hasNoCause();
    }

    @Test
    void aKeyOfAnotherCurveIsRefusedWhenItIsRead() {
        KeyPair other = LinkTokensTest.keys("secp384r1");

        assertThatThrownBy(() ->
                        PemKeys.publicKey(pem("PUBLIC KEY", other.getPublic().getEncoded())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        PemKeys.privateKey(pem("PRIVATE KEY", other.getPrivate().getEncoded())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String pem(String kind, byte[] key) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(key) + "\n-----END " + kind
                + "-----\n";
    }
}
