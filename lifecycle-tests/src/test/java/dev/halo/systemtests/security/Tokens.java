package dev.halo.systemtests.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** Makes tokens as the suite's own issuers would, but for what a test has wrong in them. */
final class Tokens {

    private final PrivateKey key;
    private final JwtClaims claims = new JwtClaims();

    private Tokens(PrivateKey key) {
        this.key = key;
        claims.setGeneratedJwtId();
        claims.setIssuedAt(NumericDate.fromSeconds(Instant.now().getEpochSecond() - 3600));
    }

    private Tokens(Tokens other, String audience, String issuer) {
        this(other.key);
        claims.setAudience(audience);
        claims.setIssuer(issuer);
    }

    /** With the key that signs Links' tokens. */
    static Tokens ofLinks(Path keys) {
        return new Tokens(read(keys.resolve("link-token.private"), "EC"));
    }

    /** With the key that signs people's tokens. */
    static Tokens ofPeople(Path keys) {
        return new Tokens(read(keys.resolve("operator.private"), "RSA"));
    }

    /** With a key that nobody knows. */
    static Tokens withAnotherKey(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(algorithm.equals("EC") ? 256 : 2048);
            return new Tokens(generator.generateKeyPair().getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A Link's, of production. */
    Tokens of(Object linkId) {
        Tokens token = new Tokens(this, "halo-link", "halo-registry");
        token.claims.setSubject(linkId.toString());
        return token.environment("production");
    }

    /** A person's. */
    Tokens person(String role) {
        Tokens token = new Tokens(this, "halo-registry", "http://halo.local");
        token.claims.setSubject("somebody");
        token.claims.setStringClaim("preferred_username", "somebody");
        token.claims.setStringListClaim("groups", List.of(role));
        return token;
    }

    Tokens until(Instant end) {
        claims.setExpirationTime(NumericDate.fromSeconds(end.getEpochSecond()));
        return this;
    }

    Tokens audience(String audience) {
        claims.setAudience(audience);
        return this;
    }

    Tokens environment(String environment) {
        claims.setStringClaim("env", environment);
        return this;
    }

    String sign() {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(
                key.getAlgorithm().equals("EC")
                        ? AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256
                        : AlgorithmIdentifiers.RSA_USING_SHA256);
        signature.setPayload(claims.toJson());
        signature.setKey(key);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same claims without a signature, saying so. */
    static String unsigned(String token) {
        String header = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        return header + "." + token.split("\\.")[1] + ".";
    }

    private static PrivateKey read(Path file, String algorithm) {
        try {
            byte[] der = Base64.getDecoder().decode(Files.readString(file).strip());
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
