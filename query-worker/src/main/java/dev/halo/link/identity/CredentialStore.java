package dev.halo.link.identity;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.IOException;
import java.util.Optional;

/** Keeps the Link's credentials, sealed. What {@link #save} was given is on the disk before anybody can use it. */
public final class CredentialStore {

    /** Its file in the data directory. */
    public static final String FILE = "credentials.sealed";

    private final SealedFile file;
    private volatile Credentials current;

    /** @throws DataDirectoryException if the file cannot be opened */
    public CredentialStore(SealedFile file) {
        this.file = file;
        try {
            this.current = file.read()
                    .map(bytes -> Json.read(bytes, Credentials.class))
                    .orElse(null);
        } catch (MalformedMessage | NullPointerException e) {
            throw new DataDirectoryException("the sealed credentials are not readable by this version of the Link", e);
        }
    }

    /** Empty while the Link is not enrolled. */
    public Optional<Credentials> current() {
        return Optional.ofNullable(current);
    }

    /** Forgets them: the Link is not enrolled any more. */
    public synchronized void clear() throws IOException {
        file.delete();
        current = null;
    }

    /** Replaces them. */
    public synchronized void save(Credentials next) throws IOException {
        file.write(Json.bytes(next));
        current = next;
    }
}
