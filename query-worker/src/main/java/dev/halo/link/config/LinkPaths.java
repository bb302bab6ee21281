package dev.halo.link.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Where the Link keeps its files when nothing else is configured. */
public final class LinkPaths {

    private LinkPaths() {}

    /** The configured data directory, or the platform's. */
    public static Path dataDir(Optional<Path> configured) {
        return configured
                .map(path -> path.toAbsolutePath().normalize())
                .orElseGet(() -> isWindows() ? programData("HaloLink") : Path.of("/var/lib/halo-link"));
    }

    /** The configured key file, or the platform's. */
    public static Path keyFile(Optional<Path> configured) {
        return configured
                .map(path -> path.toAbsolutePath().normalize())
                .orElseGet(() -> isWindows()
                        ? programData("HaloLinkKey").resolve("link.key")
                        : Path.of("/etc/halo-link/link.key"));
    }

    private static boolean isWindows() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win");
    }

    private static Path programData(String name) {
        String root = System.getenv("ProgramData");
        return Path.of(root == null ? "C:\\ProgramData" : root, name);
    }
}
