package dev.halo.link.identity;

import java.io.IOException;
import java.nio.file.Path;

/** Writes small files that only the Link's own user may read. */
public final class OwnerOnlyFile {

    private static final int MAX_BYTES = 64 * 1024;

    private OwnerOnlyFile() {}

    /** Replaces the file in one step. */
    public static void write(Path path, byte[] content) throws IOException {
        new AtomicFile(path, MAX_BYTES).write(content);
    }
}
