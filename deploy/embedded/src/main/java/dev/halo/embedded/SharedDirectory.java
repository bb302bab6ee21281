package dev.halo.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Temporary folders for servers that tests of one JVM share. */
final class SharedDirectory {

    private SharedDirectory() {}

    /** A new folder; at the end of the JVM the server is closed first, then the folder is deleted. */
    static Path create(String name) {
        try {
            return Files.createTempDirectory("halo-" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Registers what ends with the JVM. */
    static void closeAtExit(String name, AutoCloseable server, Path directory) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                server.close();
                            } catch (Exception e) {
                                System.err.println("Could not close the shared " + name + ": " + e.getMessage());
                            } finally {
                                BinaryCache.deleteTree(directory);
                            }
                        },
                        "close-shared-" + name));
    }
}
