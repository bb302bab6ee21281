package dev.halo.link.enablement;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The names of an integrator's user and role at a site, made from both identifiers: the same on every call, and different
 * for each pair, since users are server-wide. Identifiers in a 3.0 server have at most 31 characters.
 */
final class IntegratorNames {

    static final String USER_PREFIX = "H_";
    static final String ROLE_PREFIX = "HALO_R_";

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BITS = 5;
    private static final int USER_CHARS = 26;
    private static final int ROLE_CHARS = 24;

    private IntegratorNames() {}

    static String user(UUID siteId, UUID integratorId) {
        return USER_PREFIX + base32(hash(siteId, integratorId), USER_CHARS);
    }

    static String role(UUID siteId, UUID integratorId) {
        return ROLE_PREFIX + base32(hash(siteId, integratorId), ROLE_CHARS);
    }

    private static byte[] hash(UUID siteId, UUID integratorId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (UUID id : new UUID[] {siteId, integratorId}) {
                digest.update(ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array());
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String base32(byte[] bytes, int chars) {
        StringBuilder text = new StringBuilder(chars);
        int bits = 0;
        int held = 0;
        for (int i = 0; text.length() < chars; i++) {
            held = held << 8 | bytes[i] & 0xff;
            bits += 8;
            while (bits >= BITS && text.length() < chars) {
                bits -= BITS;
                text.append(ALPHABET.charAt(held >> bits & 31));
            }
            held &= (1 << bits) - 1;
        }
        return text.toString();
    }
}
