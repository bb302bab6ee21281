package dev.halo.gateway.link;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.link.PemKeys;
import jakarta.enterprise.context.ApplicationScoped;

/** Recognises Links by their tokens, with the key from the configuration: the registry is not asked. */
@ApplicationScoped
public class LinkAuthenticator {

    private static final String SCHEME = "Bearer ";

    private final LinkTokens.Verifier verifier;

    public LinkAuthenticator(GatewayConfig config) {
        this.verifier = new LinkTokens.Verifier(PemKeys.publicKey(config.linkTokenPublicKey()), config.environment());
    }

    /**
     * The Link that sends a request.
     *
     * @param authorization the header; null if absent
     * @throws Refusal 401 saying which check failed
     */
    public LinkTokens.LinkIdentity authenticate(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Refusal.of(Reason.UNAUTHENTICATED, "The Link token is missing: send it as a bearer token.");
        }
        try {
            return verifier.verify(authorization.substring(SCHEME.length()).trim());
        } catch (LinkTokens.InvalidToken e) {
            throw Refusal.of(Reason.UNAUTHENTICATED, "The Link token was refused: " + e.getMessage() + ".");
        }
    }
}
