package dev.halo.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Writes the folder of a Firebird instance: its configuration, and links to the programs' fixed parts. */
final class FirebirdLayout {

    private FirebirdLayout() {}

    static void write(Path instance, int port, FirebirdBinaries binaries, Map<String, Path> aliases)
            throws IOException {
        for (String folder : new String[] {"data", "lock", "tmp", "intl"}) {
            Files.createDirectories(instance.resolve(folder));
        }
        link(instance.resolve("plugins"), binaries.home().resolve("plugins"));
        link(instance.resolve("firebird.msg"), binaries.home().resolve("firebird.msg"));
        // A copy: Firebird ignores what it finds in a module that was loaded through a link.
        copy(binaries.home().resolve("intl/libfbintl.so"), instance.resolve("intl/libfbintl.so"));
        copy(binaries.intlConfiguration(), instance.resolve("intl/fbintl.conf"));
        Files.writeString(instance.resolve("plugins.conf"), plugins(binaries));
        Files.writeString(instance.resolve("firebird.conf"), configuration(instance, port));
        writeDatabases(instance, aliases);
    }

    static void writeDatabases(Path instance, Map<String, Path> aliases) throws IOException {
        StringBuilder text =
                new StringBuilder("security.db = %s/security3.fdb\n{\n RemoteAccess = false\n}\n".formatted(instance));
        aliases.forEach(
                (alias, path) -> text.append(alias).append(" = ").append(path).append('\n'));
        Files.writeString(instance.resolve("databases.conf"), text);
    }

    private static void link(Path link, Path target) throws IOException {
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(link);
        }
        Files.createSymbolicLink(link, target.toAbsolutePath());
    }

    private static void copy(Path source, Path target) throws IOException {
        if (!Files.exists(target)) {
            Path unfinished = target.resolveSibling(target.getFileName() + ".new");
            Files.copy(source, unfinished, StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    // Debian compiles the plugins' folder in, so their files have to be named in full.
    private static String plugins(FirebirdBinaries binaries) {
        StringBuilder text = new StringBuilder();
        for (String plugin : FirebirdBinaries.plugins()) {
            text.append("Plugin = %s {\n Module = %s/plugins/lib%s.so\n}\n"
                    .formatted(plugin, binaries.home().toAbsolutePath(), plugin));
        }
        return text.toString();
    }

    private static String configuration(Path instance, int port) {
        return """
                RemoteServicePort = %2$d
                RemoteBindAddress = 127.0.0.1
                SecurityDatabase = %1$s/security3.fdb
                AuthServer = Srp
                AuthClient = Srp
                UserManager = Srp
                WireCrypt = Enabled
                DatabaseAccess = Restrict %1$s/data
                UdfAccess = None
                ExternalFileAccess = None
                DefaultDbCachePages = 2048
                TempDirectories = %1$s/tmp
                """.formatted(instance, port);
    }
}
