package dev.halo.link.identity;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * What the registry gave this Link.
 *
 * @param linkId the Link GUID
 * @param secret for the next renewal
 * @param token for bridge, gateway and registry
 * @param tokenExpiresAt by the registry's clock
 */
public record Credentials(UUID linkId, String secret, String token, Instant tokenExpiresAt) {

    public Credentials {
        Objects.requireNonNull(linkId, "linkId");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(tokenExpiresAt, "tokenExpiresAt");
    }

    /** Never the secrets. */
    @Override
    public String toString() {
        return "Credentials[" + linkId + "]";
    }
}
