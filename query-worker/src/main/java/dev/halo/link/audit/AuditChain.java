package dev.halo.link.audit;

import dev.halo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Chains entries: an entry's hash is the SHA-256 of its JSON without the hash, which holds the hash of the one before. No
 * entry can be changed or taken out without breaking the chain behind it.
 */
final class AuditChain {

    /** What the first entry names as the one before. */
    static final String BEGINNING = "0".repeat(64);

    private AuditChain() {}

    static String hash(AuditEntry entry) {
        return sha256(Json.bytes(entry.hashed(null)));
    }

    static boolean isGenuine(AuditEntry entry) {
        return entry.hash() != null
                && MessageDigest.isEqual(
                        entry.hash().getBytes(StandardCharsets.US_ASCII),
                        hash(entry).getBytes(StandardCharsets.US_ASCII));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java", e);
        }
    }
}
