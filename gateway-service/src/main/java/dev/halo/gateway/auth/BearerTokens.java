package dev.halo.gateway.auth;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.config.BearerConfig;
import dev.halo.gateway.view.IntegratorIndex;
import java.security.Key;
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
final class BearerTokens {

    /** The request header with the token. */
    static final String HEADER = "Authorization";

    private static final String SCHEME = "Bearer ";
    private static final int MAX_LENGTH = 16 * 1024;

    private final IntegratorIndex integrators;
    private final BearerConfig config;
    private final JwtConsumer consumer;

    /** @param keys gives the key of an id, or null */
    BearerTokens(IntegratorIndex integrators, BearerConfig config, Function<String, Key> keys) {
        this.integrators = integrators;
        this.config = config;
        this.consumer = config.issuer()
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
                                Math.toIntExact(config.clockSkew().toSeconds()))
                        .setExpectedIssuer(issuer)
                        .setExpectedAudience(config.audience())
                        .build())
                .orElse(null);
    }

    /** The credential in the header; null if there is none of this kind. */
    static Credential.BearerToken credential(String header) {
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? new Credential.BearerToken(header.substring(SCHEME.length()).trim())
                : null;
    }

    /** Check 1: the token is of the deployment's issuer, for this API, not expired, and of an integrator. */
    Recognition recognise(Credential.BearerToken token) {
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
                .orElseGet(() ->
                        rejected("The bearer token is good, but its client belongs to no integrator.", true));
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
        Object claim = claims.getClaimValue(config.claim());
        if (claim instanceof String text) {
            return Ids.parse(text);
        }
        return claims.getClaimValue("azp") instanceof String client
                ? Optional.ofNullable(config.clients().get(client))
                : Optional.empty();
    }

    private static Recognition refused(InvalidJwtException e) {
        if (e.getCause() instanceof UnresolvableKeyException) {
            return rejected("The bearer token was not signed by this deployment's issuer: its key is not known.", false);
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
