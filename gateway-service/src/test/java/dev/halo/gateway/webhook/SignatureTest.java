package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SignatureTest {

    private static final byte[] BODY = "{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);

    /** Made with OpenSSL: {@code printf '%s' '{"id":"1"}.2026-03-01T12:00:00.123Z' | openssl dgst -sha256 -hmac whsec_test}. */
    private static final String EXPECTED = "d2531cf4f9a9cf2ec935085d8838509ec0585159d643d62d24cb67f073a48d09";

    @Test
    void aSignatureIsThatOfBodyAndTimestamp() {
        assertThat(Signature.of("whsec_test", BODY, "2026-03-01T12:00:00.123Z")).isEqualTo(EXPECTED);
    }

    @Test
    void anotherSecretOrTimestampGivesAnotherSignature() {
        assertThat(Signature.of("whsec_other", BODY, "2026-03-01T12:00:00.123Z"))
                .isNotEqualTo(EXPECTED);
        assertThat(Signature.of("whsec_test", BODY, "2026-03-01T12:00:00.124Z")).isNotEqualTo(EXPECTED);
    }
}
