package dev.halo.local;

import java.security.PrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** Issues the tokens that a Keycloak would issue: of operators for the admin API, and of services. */
final class OperatorTokens {

    /** What the registry expects as audience. */
    static final String AUDIENCE = "halo-registry";

    private static final String ISSUER = "http://halo.local";

    private final PrivateKey key;

    OperatorTokens(PrivateKey key) {
        this.key = key;
    }

    /**
     * A token.
     *
     * @param name who it names
     * @param role {@code operator}, {@code support}, {@code auditor} or {@code service}
     * @param lifetime from now on
     */
    String issue(String name, String role, Duration lifetime) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setSubject(name);
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(lifetime.toMinutes());
        claims.setGeneratedJwtId();
        claims.setStringClaim("preferred_username", name);
        claims.setStringClaim("azp", "halo-local");
        claims.setStringListClaim("groups", List.of(role));
        claims.setClaim("realm_access", Map.of("roles", List.of(role)));
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        signature.setHeader("typ", "JWT");
        signature.setPayload(claims.toJson());
        signature.setKey(key);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new SuiteException("The operators' key cannot sign: " + e.getMessage(), e);
        }
    }
}
