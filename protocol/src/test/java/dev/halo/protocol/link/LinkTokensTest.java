package dev.halo.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.golden.Samples;
import dev.halo.protocol.link.LinkTokens.InvalidToken;
import dev.halo.protocol.link.LinkTokens.LinkIdentity;
import dev.halo.protocol.link.LinkTokens.Signer;
import dev.halo.protocol.link.LinkTokens.Verifier;
import dev.halo.protocol.site.Environment;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Random;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTokensTest {

    private static final KeyPair KEYS = keys("secp256r1");
    private static final Verifier VERIFIER = new Verifier(KEYS.getPublic(), Environment.STAGE);

    private final Instant now = Instant.now();

    @Test
    void aTokenOfTheRegistryIsAccepted() throws InvalidToken {
        // Given a token
        String token = new Signer(KEYS.getPrivate(), Environment.STAGE).sign(Samples.LINK, now);

        // When it is verified
        LinkIdentity identity = VERIFIER.verify(token);

        // Then it names its Link, for a day
        assertThat(identity.linkId()).isEqualTo(Samples.LINK);
        assertThat(identity.environment()).isEqualTo(Environment.STAGE);
        assertThat(identity.expiresAt().getEpochSecond())
                .isEqualTo(now.plus(Duration.ofHours(24)).getEpochSecond());
    }

    @Test
    void anExpiredTokenIsRefusedAndToldSo() {
        String token = new Signer(KEYS.getPrivate(), Environment.STAGE)
                .sign(Samples.LINK, now.minus(LinkTokens.LIFETIME).minusSeconds(120));

        assertRefused(token, "the token has expired");
    }

    @Test
    void aTokenOfTheOtherEnvironmentIsRefused() {
        String token = new Signer(KEYS.getPrivate(), Environment.PRODUCTION).sign(Samples.LINK, now);

        assertRefused(token, "the token is for production, this is stage");
    }

    @Test
    void aTokenOfAnotherKeyIsRefused() {
        String token = new Signer(keys("secp256r1").getPrivate(), Environment.STAGE).sign(Samples.LINK, now);

        assertRefused(token, "the token is not valid");
    }

    @Test
    void aTokenForAnotherAudienceIsRefused() {
        assertRefused(signed(claims -> claims.setAudience("somebody-else")), "the token is not valid");
    }

    @Test
    void aTokenOfAnotherIssuerIsRefused() {
        assertRefused(signed(claims -> claims.setIssuer("somebody-else")), "the token is not valid");
    }

    @Test
    void aTokenThatNeverExpiresIsRefused() {
        assertRefused(signed(claims -> claims.unsetClaim("exp")), "the token is not valid");
    }

    @Test
    void aTokenWithoutALinkIsRefused() {
        assertRefused(signed(claims -> claims.unsetClaim("sub")), "the token is not valid");
        assertRefused(signed(claims -> claims.setSubject("not-a-guid")), "the token's claims are not valid");
    }

    @Test
    void aTokenWithoutAnEnvironmentIsRefused() {
        assertRefused(signed(claims -> claims.unsetClaim("env")), "the token's claims are not valid");
        assertRefused(signed(claims -> claims.setClaim("env", 7)), "the token's claims are not valid");
        assertRefused(signed(claims -> claims.setClaim("env", "MARKER")), "the token's claims are not valid");
    }

    @Test
    void anUnsignedTokenIsRefused() {
        String none = signed(claims -> {}, AlgorithmIdentifiers.NONE, null);

        assertRefused(none, "the token is not valid");
    }

    @Test
    void aTokenWhoseSignatureWasCutOffIsRefused() {
        String token = new Signer(KEYS.getPrivate(), Environment.STAGE).sign(Samples.LINK, now);

        assertRefused(token.substring(0, token.lastIndexOf('.') + 1), "the token is not valid");
        assertRefused(token.substring(0, token.lastIndexOf('.')), "the token is not valid");
    }

    @Test
    void thePublicKeyUsedAsASharedSecretIsRefused() {
        // Given a token signed with HS256, with the public key's bytes, which everybody may know, as the secret
        Key known = new HmacKey(KEYS.getPublic().getEncoded());
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(KEYS.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        Key knownText = new HmacKey(pem.getBytes(StandardCharsets.US_ASCII));

        // When it is verified, then the algorithm alone refuses it
        assertRefused(signed(claims -> {}, AlgorithmIdentifiers.HMAC_SHA256, known), "the token is not valid");
        assertRefused(signed(claims -> {}, AlgorithmIdentifiers.HMAC_SHA256, knownText), "the token is not valid");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "abc", "a.b.c", "..", "MARKER.MARKER.MARKER"})
    void whatIsNoTokenIsRefused(String text) {
        assertThatThrownBy(() -> VERIFIER.verify(text))
                .isInstanceOf(InvalidToken.class)
                .hasMessageNotContaining("MARKER")
                .hasNoCause();
    }

    @Test
    void aDamagedTokenIsRefusedAndNothingElse() {
        Random random = new Random(7);
        String token = new Signer(KEYS.getPrivate(), Environment.STAGE).sign(Samples.LINK, now);
        for (int round = 0; round < 300; round++) {
            StringBuilder damaged = new StringBuilder(token);
            // The last character of base64 may hold unused bits.
            int at = random.nextInt(token.length() - 1);
            damaged.setCharAt(at, token.charAt(at) == 'A' ? 'B' : 'A');
            assertThatThrownBy(() -> VERIFIER.verify(damaged.toString())).isInstanceOf(InvalidToken.class);
        }
    }

    @Test
    void aKeyThatCannotSignIsNamed() {
        Signer signer = new Signer(keys("secp384r1").getPrivate(), Environment.STAGE);

        assertThatThrownBy(() -> signer.sign(Samples.LINK, now))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("EC P-256");
    }

    private static void assertRefused(String token, String message) {
        assertThatThrownBy(() -> VERIFIER.verify(token))
                .isInstanceOf(InvalidToken.class)
                .hasMessage(message)
                .hasNoCause();
    }

    private String signed(Consumer<JwtClaims> change) {
        return signed(change, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256, KEYS.getPrivate());
    }

    private String signed(Consumer<JwtClaims> change, String algorithm, Key key) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("halo-registry");
        claims.setAudience("halo-link");
        claims.setSubject(Samples.LINK.toString());
        claims.setExpirationTime(NumericDate.fromSeconds(now.getEpochSecond() + 3600));
        claims.setStringClaim("env", "stage");
        change.accept(claims);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setAlgorithmHeaderValue(algorithm);
        signature.setPayload(claims.toJson());
        signature.setKey(key);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair keys(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
