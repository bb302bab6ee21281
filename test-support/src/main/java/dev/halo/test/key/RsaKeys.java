package dev.halo.test.key;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;

/**
 * Key pairs with which tests sign what an issuer of tokens would. They lie in files and are no secret: a JVM that compiles
 * for a quick start takes seconds to make one.
 */
public final class RsaKeys {

    private static final KeyPair ISSUER = read("issuer.der");
    private static final KeyPair STRANGER = read("stranger.der");

    private RsaKeys() {}

    /** Of the issuer that is believed. */
    public static KeyPair issuer() {
        return ISSUER;
    }

    /** Of somebody whom nobody believes. */
    public static KeyPair stranger() {
        return STRANGER;
    }

    private static KeyPair read(String file) {
        try (InputStream pkcs8 = RsaKeys.class.getResourceAsStream(file)) {
            KeyFactory keys = KeyFactory.getInstance("RSA");
            RSAPrivateCrtKey key =
                    (RSAPrivateCrtKey) keys.generatePrivate(new PKCS8EncodedKeySpec(pkcs8.readAllBytes()));
            return new KeyPair(
                    keys.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())), key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
