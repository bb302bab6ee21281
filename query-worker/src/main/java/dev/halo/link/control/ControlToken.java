package dev.halo.link.control;

import dev.halo.link.identity.DataDirectoryException;
import dev.halo.link.identity.OwnerOnlyFile;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What proves that a command comes from somebody who may read the Link's data directory: a random token, new at each
 * start, in an owner-only file beside the port to send it to.
 */
public final class ControlToken {

    private static final String FILE = "control.json";
    private static final int TOKEN_BYTES = 32;

    private final Path file;
    private final String token;

    private ControlToken(Path file, String token) {
        this.file = file;
        this.token = token;
    }

    /** Where a running Link listens, and the token it wants. */
    public record Address(int port, String token) {

        /** Never the token. */
        @Override
        public String toString() {
            return "Address[" + port + "]";
        }
    }

    /** A new token, which is not in its file before {@link #publish}. */
    public static ControlToken create(Path dataDirectory) {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new ControlToken(dataDirectory.resolve(FILE), HexFormat.of().formatHex(bytes));
    }

    /** Writes the file, once the port is known. */
    public void publish(int port) {
        try {
            OwnerOnlyFile.write(file, Json.bytes(new Address(port, token)));
        } catch (IOException e) {
            throw new DataDirectoryException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Whether a token is this one; takes the same time for every wrong one. */
    public boolean matches(String presented) {
        return presented != null
                && MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.US_ASCII), presented.getBytes(StandardCharsets.UTF_8));
    }

    /** The Link stops: nobody listens any more. */
    public void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new DataDirectoryException("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }

    /** Reads the file of a running Link; empty where none runs. */
    public static Optional<Address> read(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(Files.readAllBytes(file), Address.class));
        } catch (MalformedMessage e) {
            return Optional.empty();
        }
    }
}
