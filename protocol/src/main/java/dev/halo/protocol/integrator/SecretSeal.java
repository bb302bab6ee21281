package dev.halo.protocol.integrator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets that the registry stores and publishes and that gateways open: AES-256-GCM under a key that both have from
 * their configuration. The integrator's id is authenticated, so that a sealed secret is of no use in another's record.
 */
public final class SecretSeal {

    /** Bytes of the key. */
    public static final int KEY_BYTES = 32;

    private static final String VERSION = "1.";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    private SecretSeal(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /**
     * A seal under a key.
     *
     * @param base64 of {@link #KEY_BYTES} bytes
     * @throws IllegalArgumentException if it is none; never quotes it
     */
    public static SecretSeal of(String base64) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the key at rest must be base64");
        }
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("the key at rest must have " + KEY_BYTES + " bytes, has " + key.length);
        }
        return new SecretSeal(key);
    }

    /** Seals an integrator's secret; each time another text. */
    public String seal(UUID integratorId, String secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, nonce, integratorId).doFinal(secret.getBytes(StandardCharsets.UTF_8));
            byte[] all = ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /**
     * Opens an integrator's secret.
     *
     * @throws IllegalArgumentException if it was sealed with another key or for another integrator, or is damaged
     */
    public String open(UUID integratorId, String sealed) {
        if (!sealed.startsWith(VERSION)) {
            throw new IllegalArgumentException("sealed in a way that is not known");
        }
        try {
            byte[] all = Base64.getUrlDecoder().decode(sealed.substring(VERSION.length()));
            if (all.length < NONCE_BYTES + TAG_BITS / 8) {
                throw new IllegalArgumentException("sealed text is too short");
            }
            byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
            byte[] secret = cipher(Cipher.DECRYPT_MODE, nonce, integratorId)
                    .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
            return new String(secret, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("sealed with another key, or for another integrator");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, UUID integratorId) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(("halo-webhook:" + integratorId).getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }

    /** Not the key. */
    @Override
    public String toString() {
        return "SecretSeal";
    }
}
