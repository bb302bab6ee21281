package dev.halo.link.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The key that seals the Link's secrets: 256 bits in base64, in an owner-only file outside the data directory. */
public final class KeyFile {

    private static final int KEY_BYTES = 32;
    private static final int MAX_BYTES = 1024;

    private KeyFile() {}

    /**
     * Reads the key, or makes it where there is none.
     *
     * @param sealed whether anything is sealed already, so that a missing key is a loss and not a first start
     * @throws DataDirectoryException saying what is wrong with the file
     */
    public static SecretKey open(Path path, DataDirectory dataDirectory, boolean sealed) {
        if (path.startsWith(dataDirectory.path())) {
            throw new DataDirectoryException("the key file " + path + " lies inside the data directory: a copy of that"
                    + " directory would open itself (halo.link.key-file)");
        }
        try {
            AtomicFile file = new AtomicFile(path, MAX_BYTES);
            if (!Files.exists(path)) {
                if (sealed) {
                    throw new DataDirectoryException("the key file " + path
                            + " is missing, but there are sealed secrets: bring it back, or empty the data directory and"
                            + " enrol again");
                }
                create(file);
            }
            OwnerOnly.check(path);
            return parse(path, file.read().orElseThrow());
        } catch (IOException e) {
            throw new DataDirectoryException(
                    "the key file " + path + " cannot be used: " + e.getMessage() + " (halo.link.key-file)", e);
        }
    }

    private static void create(AtomicFile file) throws IOException {
        Path directory = file.path().getParent();
        if (!Files.exists(directory)) {
            Files.createDirectories(directory);
            OwnerOnly.restrict(directory);
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        file.write(Base64.getEncoder().encode(key));
    }

    private static SecretKey parse(Path path, byte[] content) {
        try {
            byte[] key = Base64.getDecoder().decode(new String(content, StandardCharsets.US_ASCII).strip());
            if (key.length == KEY_BYTES) {
                return new SecretKeySpec(key, "AES");
            }
        } catch (IllegalArgumentException e) {
            throw new DataDirectoryException("the key file " + path + " is not base64");
        }
        throw new DataDirectoryException("the key file " + path + " does not hold 256 bits in base64");
    }
}
