package dev.halo.link.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Files that nobody but their owner may open, by POSIX permissions or a Windows access control list. */
final class OwnerOnly {

    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);
    /** Whose access no administrator of Windows would take for a leak: the system and the machine's administrators. */
    private static final List<String> TRUSTED_ON_WINDOWS =
            List.of("nt authority\\system", "builtin\\administrators", "creator owner");

    private OwnerOnly() {}

    /** Takes everybody else's rights away. */
    static void restrict(Path path) throws IOException {
        if (isPosix(path)) {
            Files.setPosixFilePermissions(path, Files.isDirectory(path) ? DIRECTORY : FILE);
            return;
        }
        AclFileAttributeView acl = Files.getFileAttributeView(path, AclFileAttributeView.class);
        if (acl != null) {
            UserPrincipal owner = Files.getOwner(path);
            List<AclEntry> kept = new ArrayList<>();
            for (AclEntry entry : acl.getAcl()) {
                if (isTrusted(entry.principal(), owner)) {
                    kept.add(entry);
                }
            }
            acl.setAcl(kept);
        }
    }

    /**
     * Checks a file or directory.
     *
     * @throws DataDirectoryException naming who else may open it
     */
    static void check(Path path) throws IOException {
        if (isPosix(path)) {
            Set<PosixFilePermission> others = EnumSet.copyOf(OTHERS);
            others.retainAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
            if (!others.isEmpty()) {
                throw new DataDirectoryException(path + " is open to others (" + PosixFilePermissions.toString(others)
                        + "): take their rights away (chmod go-rwx)");
            }
            return;
        }
        AclFileAttributeView acl = Files.getFileAttributeView(path, AclFileAttributeView.class);
        if (acl != null) {
            UserPrincipal owner = Files.getOwner(path);
            for (AclEntry entry : acl.getAcl()) {
                if (entry.type() == AclEntryType.ALLOW && !isTrusted(entry.principal(), owner)) {
                    throw new DataDirectoryException(path + " is open to "
                            + entry.principal().getName() + ": remove that entry from its access control list");
                }
            }
        }
    }

    private static boolean isTrusted(UserPrincipal principal, UserPrincipal owner) {
        return principal.equals(owner)
                || TRUSTED_ON_WINDOWS.contains(principal.getName().toLowerCase(Locale.ROOT));
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
