package dev.halo.local;

import dev.halo.embedded.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The suite's own keys, made at the first start and kept.
 *
 * @param operatorPrivate signs the tokens of operators and services, RSA
 * @param operatorPublic checks them: base64 of the key's X.509 form
 * @param linkTokenPrivate signs the Links' tokens: base64 of an EC P-256 key's PKCS#8 form
 * @param linkTokenPublic checks them: base64 of the key's X.509 form
 * @param atRest encrypts stored secrets: 32 bytes, base64
 */
record SuiteKeys(
        PrivateKey operatorPrivate,
        String operatorPublic,
        String linkTokenPrivate,
        String linkTokenPublic,
        String atRest) {

    static SuiteKeys loadOrCreate(Path folder) {
        try {
            createPair(folder, "operator", "RSA", 2048);
            createPair(folder, "link-token", "EC", 256);
            return new SuiteKeys(
                    KeyFactory.getInstance("RSA")
                            .generatePrivate(new PKCS8EncodedKeySpec(
                                    Base64.getDecoder().decode(read(folder, "operator.private")))),
                    read(folder, "operator.public"),
                    read(folder, "link-token.private"),
                    read(folder, "link-token.public"),
                    atRest(folder));
        } catch (IOException | GeneralSecurityException e) {
            throw new SuiteException("The suite's keys in " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static String atRest(Path folder) throws IOException {
        byte[] key = HexFormat.of().parseHex(OwnerOnly.secret(folder.resolve("at-rest.key"), 32));
        return Base64.getEncoder().encodeToString(key);
    }

    private static void createPair(Path folder, String name, String algorithm, int size)
            throws IOException, GeneralSecurityException {
        Path privateFile = folder.resolve(name + ".private");
        if (Files.exists(privateFile)) {
            return;
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        KeyPair pair = generator.generateKeyPair();
        Base64.Encoder encoder = Base64.getEncoder();
        // The private half last: it says that the pair is complete.
        OwnerOnly.write(
                folder.resolve(name + ".public"),
                encoder.encodeToString(pair.getPublic().getEncoded()));
        OwnerOnly.write(privateFile, encoder.encodeToString(pair.getPrivate().getEncoded()));
    }

    private static String read(Path folder, String name) throws IOException {
        return Files.readString(folder.resolve(name)).strip();
    }

    /** Not the keys. */
    @Override
    public String toString() {
        return "SuiteKeys";
    }
}
