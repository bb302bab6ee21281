package dev.halo.gateway.auth;

import dev.halo.gateway.config.BearerConfig;
import dev.halo.gateway.view.IntegratorIndex;
import java.security.Key;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.UnresolvableKeyException;

/** Recognises integrators by the tokens of their clients (OAuth 2 client credentials). */
public final class BearerTokens {

    /** The request header with the token. */
    public static final String HEADER = "Authorization";

    private static final String SCHEME = "Bearer ";
    private static final int MAX_LENGTH = 16 * 1024;

    /**
     * What a token must be.
     *
     * @param issuer its {@code iss}; empty: none is accepted
     * @param audience among its {@code aud}
     * @param claim with the integrator's id
     * @param clients integrators by {@code azp}, where there is no such claim
     * @param clockSkew how far the issuer's clock may be from this one
     */
    public record Terms(
            Optional<String> issuer, String audience, String claim, Map<String, UUID> clients, Duration clockSkew) {

        /** As configured. */
        public static Terms of(BearerConfig config) {
            return new Terms(
                    config.issuer(), config.audience(), config.claim(), config.clients(), config.clockSkew());
        }
    }

    private final IntegratorIndex integrators;
    private final Terms terms;
    private final JwtConsumer consumer;

    /** @param keys gives the key of an id, or null */
    public BearerTokens(IntegratorIndex integrators, Terms terms, Function<String, Key> keys) {
        this.integrators = integrators;
        this.terms = terms;
        this.consumer = terms.issuer()
                .map(issuer -> new JwtConsumerBuilder()
                        .setJwsAlgorithmConstraints(
                                AlgorithmConstraints.ConstraintType.PERMIT,
                                AlgorithmIdentifiers.RSA_USING_SHA256,
                                AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
                                AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256)
                        .setVerificationKeyResolver((signature, nesting) -> {
                            Key key = keys.apply(signature.getKeyIdHeaderValue());
                            if (key == null) {
                                throw new UnresolvableKeyException("no such key");
                            }
                            return key;
                        })
                        .setRequireExpirationTime()
                        .setAllowedClockSkewInSeconds(
                                Math.toIntExact(terms.clockSkew().toSeconds()))
                        .setExpectedIssuer(issuer)
                        .setExpectedAudience(terms.audience())
                        .build())
                .orElse(null);
    }

    /** The credential in the header; null if there is none of this kind. */
    public static Credential.BearerToken credential(String header) {
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? new Credential.BearerToken(header.substring(SCHEME.length()).trim())
                : null;
    }

    /** Check 1: the token is of the deployment's issuer, for this API, not expired, and of an integrator. */
    public Recognition recognise(Credential.BearerToken token) {
        if (consumer == null) {
            return rejected("Bearer tokens are not accepted here: use a subscription key.", true);
        }
        if (token.text().isBlank() || token.text().length() > MAX_LENGTH) {
            return rejected("The bearer token is not one.", true);
        }
        JwtClaims claims;
        try {
            claims = consumer.processToClaims(token.text());
        } catch (InvalidJwtException e) {
            return refused(e);
        }
        return integratorOf(claims)
                .map(this::judge)
                .orElseGet(() -> rejected("The bearer token is good, but its client belongs to no integrator.", true));
    }

    private Recognition judge(UUID integratorId) {
        IntegratorIndex.Known known = integrators.byId(integratorId).orElse(null);
        if (known == null) {
            return rejected("The bearer token's integrator is not known.", false);
        }
        if (!known.integrator().active()) {
            return rejected("The subscription that the bearer token belongs to is suspended.", false);
        }
        return new Recognition.Recognised(
                new Caller(integratorId, known.integrator().tier()), known::admits);
    }

    private Optional<UUID> integratorOf(JwtClaims claims) {
        Object claim = claims.getClaimValue(terms.claim());
        if (claim instanceof String text) {
            return uuid(text);
        }
        return claims.getClaimValue("azp") instanceof String client
                ? Optional.ofNullable(terms.clients().get(client))
                : Optional.empty();
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Recognition refused(InvalidJwtException e) {
        if (e.getCause() instanceof UnresolvableKeyException) {
            return rejected(
                    "The bearer token was not signed by this deployment's issuer: its key is not known.", false);
        }
        if (e.hasErrorCode(ErrorCodes.EXPIRED)) {
            return rejected("The bearer token has expired.", true);
        }
        if (e.hasErrorCode(ErrorCodes.ISSUER_INVALID) || e.hasErrorCode(ErrorCodes.ISSUER_MISSING)) {
            return rejected("The bearer token is of another issuer than this environment's.", true);
        }
        if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
            return rejected("The bearer token is for another audience than this API.", true);
        }
        if (e.hasErrorCode(ErrorCodes.SIGNATURE_INVALID)) {
            return rejected("The bearer token's signature is not valid.", true);
        }
        return rejected("The bearer token cannot be accepted.", true);
    }

    private static Recognition rejected(String message, boolean settled) {
        return new Recognition.Rejected(message, settled);
    }
}
