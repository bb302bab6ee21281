package dev.halo.test.key;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;

/**
 * Key pairs with which tests sign what an issuer of tokens would. Making one takes seconds in a JVM that compiles for a
 * quick start, so the tests of a JVM share two.
 */
public final class RsaKeys {

    /** The least that RS256 allows. */
    private static final int BITS = 2048;

    private static final KeyPair ISSUER = generate();

    private RsaKeys() {}

    /** Of the issuer that is believed. */
    public static KeyPair issuer() {
        return ISSUER;
    }

    /** Of somebody whom nobody believes. */
    public static KeyPair stranger() {
        return Stranger.PAIR;
    }

    // Made only where it is asked for.
    private static final class Stranger {
        private static final KeyPair PAIR = generate();
    }

    private static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
