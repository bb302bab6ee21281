package dev.halo.link.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A file sealed with AES-256-GCM: one byte format, twelve bytes nonce, the sealed content. The file's name is part of
 * what is authenticated, so that one sealed file cannot be put in another's place.
 */
public final class SealedFile {

    private static final byte FORMAT = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private final AtomicFile file;
    private final SecretKey key;
    private final SecureRandom random = new SecureRandom();

    public SealedFile(Path path, SecretKey key) {
        this.file = new AtomicFile(path, MAX_BYTES);
        this.key = key;
    }

    /** Removes it. */
    public void delete() throws IOException {
        file.delete();
    }

    /**
     * The content, empty where there is no file.
     *
     * @throws DataDirectoryException if the key does not fit, or the file was changed
     */
    public Optional<byte[]> read() {
        try {
            return file.read().map(this::open);
        } catch (IOException e) {
            throw new DataDirectoryException("cannot read " + file.path() + ": " + e.getMessage(), e);
        }
    }

    /** Replaces the content; on return it is on the disk. */
    public void write(byte[] content) throws IOException {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(content);
            file.write(ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                    .put(FORMAT)
                    .put(nonce)
                    .put(sealed)
                    .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing from this Java", e);
        }
    }

    private byte[] open(byte[] stored) {
        if (stored.length <= 1 + NONCE_BYTES || stored[0] != FORMAT) {
            throw new DataDirectoryException(file.path() + " is damaged");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        System.arraycopy(stored, 1, nonce, 0, NONCE_BYTES);
        try {
            return cipher(Cipher.DECRYPT_MODE, nonce).doFinal(stored, 1 + NONCE_BYTES, stored.length - 1 - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new DataDirectoryException(
                    file.path() + " cannot be opened with the key file: was the key replaced, or the file changed?");
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(file.path().getFileName().toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
