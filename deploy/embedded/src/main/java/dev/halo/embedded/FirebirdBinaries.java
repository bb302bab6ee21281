package dev.halo.embedded;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where Firebird's parts lie: in a folder that Debian's packages were unpacked to, or in the machine's own root.
 *
 * @param server the program {@code firebird}
 * @param isql the program {@code isql-fb}
 * @param libraries folders for the dynamic linker, empty for an installed Firebird
 * @param home folder with {@code plugins}, {@code intl/libfbintl.so} and {@code firebird.msg}
 * @param intlConfiguration {@code fbintl.conf}
 * @param securitySql the statements that make an empty security database
 */
record FirebirdBinaries(
        Path server, Path isql, Optional<Path> libraries, Path home, Path intlConfiguration, Path securitySql) {

    private static final String ENTRY = "debian-firebird3.0-r4";

    /**
     * Unpacked packages if that works here, else an installed Firebird.
     *
     * @throws EmbeddedException when there is neither; the message says what to install
     */
    static FirebirdBinaries find(Path cache) {
        String reason;
        try {
            Path root = BinaryCache.entry(cache, ENTRY, FirebirdPackages::unpackInto);
            Optional<FirebirdBinaries> unpacked = in(root, true);
            if (unpacked.isPresent()) {
                return unpacked.get();
            }
            reason = root + " is not complete, delete it";
        } catch (EmbeddedException e) {
            reason = e.getMessage();
        }
        String why = reason;
        return in(Path.of("/"), false)
                .orElseThrow(() -> new EmbeddedException("No Firebird can be run here (" + why
                        + "). Install it with: apt-get install --no-install-recommends firebird3.0-server"
                        + " firebird3.0-utils"));
    }

    private static Optional<FirebirdBinaries> in(Path root, boolean unpacked) {
        Path server = root.resolve("usr/sbin/firebird");
        Path isql = root.resolve("usr/bin/isql-fb");
        Path shared = root.resolve("usr/share/firebird/3.0/security.sql");
        Path intl = root.resolve("etc/firebird/3.0/fbintl.conf");
        Optional<Path> home = home(root.resolve("usr/lib"));
        boolean complete = home.isPresent()
                && Stream.of(server, isql, shared, intl)
                        .allMatch(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        if (!complete) {
            return Optional.empty();
        }
        Optional<Path> libraries = unpacked ? home.map(Path::getParent).map(Path::getParent) : Optional.empty();
        return Optional.of(new FirebirdBinaries(server, isql, libraries, home.get(), intl, shared));
    }

    private static Optional<Path> home(Path lib) {
        if (!Files.isDirectory(lib)) {
            return Optional.empty();
        }
        PathMatcher plugin = FileSystems.getDefault().getPathMatcher("glob:**/firebird/3.0/plugins/libEngine12.so");
        try (Stream<Path> tree = Files.find(lib, 5, (path, attributes) -> plugin.matches(path))) {
            return tree.min(Comparator.naturalOrder())
                    .map(path -> path.getParent().getParent());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The plugins that the server loads, by name; each is the file {@code plugins/lib<name>.so}. */
    static List<String> plugins() {
        return List.of("Engine12", "Srp", "Legacy_Auth", "Legacy_UserManager");
    }
}
