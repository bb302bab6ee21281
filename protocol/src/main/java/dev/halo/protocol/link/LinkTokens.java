package dev.halo.protocol.link;

import dev.halo.protocol.site.Environment;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/**
 * A Link's token: a JWT signed with ES256 by the registry and verified by bridges and gateways with a public key from
 * their configuration, so that they need no registry.
 */
public final class LinkTokens {

    /** How long a token lives; the Link renews it hourly. */
    public static final Duration LIFETIME = Duration.ofHours(24);

    private static final String ISSUER = "halo-registry";
    private static final String AUDIENCE = "halo-link";
    private static final String ENVIRONMENT = "env";

    private LinkTokens() {}

    /** Who a token is for. */
    public record LinkIdentity(UUID linkId, Environment environment, Instant expiresAt) {}

    /** Why a token is refused, in words for the Link's log. */
    public static final class InvalidToken extends Exception {
        public InvalidToken(String message) {
            super(message, null, false, false);
        }
    }

    /** Makes tokens; the registry's side. */
    public static final class Signer {
        private final PrivateKey key;
        private final Environment environment;

        public Signer(PrivateKey key, Environment environment) {
            this.key = key;
            this.environment = environment;
        }

        public String sign(UUID linkId, Instant now) {
            JwtClaims claims = new JwtClaims();
            claims.setIssuer(ISSUER);
            claims.setAudience(AUDIENCE);
            claims.setSubject(linkId.toString());
            claims.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
            claims.setExpirationTime(NumericDate.fromSeconds(now.plus(LIFETIME).getEpochSecond()));
            claims.setGeneratedJwtId();
            claims.setStringClaim(ENVIRONMENT, environment.wire());
            JsonWebSignature signature = new JsonWebSignature();
            signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
            signature.setPayload(claims.toJson());
            signature.setKey(key);
            try {
                return signature.getCompactSerialization();
            } catch (JoseException e) {
                throw new IllegalStateException("the Link token key cannot sign: is it an EC P-256 key?", e);
            }
        }
    }

    /** Checks tokens; everybody's side. Thread-safe. */
    public static final class Verifier {
        private final JwtConsumer consumer;
        private final Environment environment;

        public Verifier(PublicKey key, Environment environment) {
            this.environment = environment;
            this.consumer = new JwtConsumerBuilder()
                    .setRequireExpirationTime()
                    .setRequireSubject()
                    .setAllowedClockSkewInSeconds(60)
                    .setExpectedIssuer(ISSUER)
                    .setExpectedAudience(AUDIENCE)
                    .setVerificationKey(key)
                    .setJwsAlgorithmConstraints(
                            AlgorithmConstraints.ConstraintType.PERMIT,
                            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256)
                    .build();
        }

        /** @throws InvalidToken saying which check failed */
        public LinkIdentity verify(String token) throws InvalidToken {
            if (token == null || token.isBlank()) {
                throw new InvalidToken("no token");
            }
            try {
                JwtClaims claims = consumer.processToClaims(token);
                Environment of = Environment.fromWire(claims.getStringClaimValue(ENVIRONMENT));
                if (of != environment) {
                    throw new InvalidToken("the token is for " + of.wire() + ", this is " + environment.wire());
                }
                return new LinkIdentity(
                        UUID.fromString(claims.getSubject()),
                        of,
                        Instant.ofEpochSecond(claims.getExpirationTime().getValue()));
            } catch (InvalidJwtException e) {
                throw new InvalidToken(
                        e.hasErrorCode(ErrorCodes.EXPIRED) ? "the token has expired" : "the token is not valid");
            } catch (MalformedClaimException | IllegalArgumentException e) {
                throw new InvalidToken("the token's claims are not valid");
            }
        }
    }
}
