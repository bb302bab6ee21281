package dev.halo.protocol.link;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Reads the Link token keys from configuration: PEM, or the bare base64 of its body. */
public final class PemKeys {

    private PemKeys() {}

    /** @throws IllegalArgumentException saying what a right key would be */
    public static PublicKey publicKey(String pem) {
        try {
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(body(pem)));
            return requireP256(key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("not a public EC P-256 key in PEM (X.509 SubjectPublicKeyInfo)");
        }
    }

    /** @throws IllegalArgumentException saying what a right key would be */
    public static PrivateKey privateKey(String pem) {
        try {
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(body(pem)));
            return requireP256(key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("not a private EC P-256 key in PEM (PKCS#8)");
        }
    }

    /** Found at the start, not at the first token. */
    private static <K> K requireP256(K key) {
        if (key instanceof ECKey ec && ec.getParams().getOrder().bitLength() == 256) {
            return key;
        }
        throw new IllegalArgumentException("another curve");
    }

    private static byte[] body(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    }
}
