package dev.halo.gateway.idempotency;

import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.QueryMode;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A request that may be sent again without being carried out again.
 *
 * @param key the integrator's, its own for each site
 * @param fingerprint of what is asked for: the same key with another one is an error of the caller's
 */
public record IdempotentRequest(UUID integratorId, UUID siteId, String key, String fingerprint) {

    /** The request header. */
    public static final String HEADER = "Idempotency-Key";

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    /**
     * Whether a request carries a key, and which.
     *
     * @param mode which of the three POSTs it is: the same body to another one is another request
     * @param body as it was sent, byte for byte
     * @throws Refusal 400 if the key is none
     */
    public static Optional<IdempotentRequest> of(
            HttpServerRequest request, UUID integratorId, UUID siteId, QueryMode mode, byte[] body) {
        List<String> keys = request.headers().getAll(HEADER);
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        if (keys.size() > 1 || !KEY.matcher(keys.get(0)).matches()) {
            throw Refusal.invalid(
                    "The header " + HEADER + " must be given once and have from 1 to 255 visible characters.");
        }
        return Optional.of(new IdempotentRequest(integratorId, siteId, keys.get(0), fingerprint(mode, body)));
    }

    private static String fingerprint(QueryMode mode, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((mode.wire() + "\n").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Not the key, which is the integrator's own. */
    @Override
    public String toString() {
        return "IdempotentRequest[" + integratorId + ", " + siteId + "]";
    }
}
