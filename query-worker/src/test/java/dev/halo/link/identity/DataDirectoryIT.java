package dev.halo.link.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.site.LicenceKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.UUID;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryIT {

    @TempDir
    private Path temp;

    private Path data;
    private Path key;

    @BeforeEach
    void places() {
        data = temp.resolve("data");
        key = temp.resolve("keys/link.key");
    }

    private SealedFile sealed(DataDirectory directory) {
        return new SealedFile(directory.path().resolve("x.sealed"), KeyFile.open(key, directory, false));
    }

    @Test
    void isMadeOwnerOnly() throws IOException {
        // When
        try (DataDirectory directory = DataDirectory.open(data)) {
            sealed(directory).write(new byte[] {1});

            // Then
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("x.sealed"))))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void isRefusedWhereOthersMayRead() throws IOException {
        // Given
        Files.createDirectory(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));

        // When, Then
        assertThatThrownBy(() -> DataDirectory.open(data))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("open to others");
    }

    @Test
    void isRefusedWhereAFileInsideIsOpenToOthers() throws IOException {
        // Given
        DataDirectory.open(data).close();
        Files.writeString(data.resolve("sites.json"), "{}");
        Files.setPosixFilePermissions(data.resolve("sites.json"), PosixFilePermissions.fromString("rw-r--r--"));

        // When, Then
        assertThatThrownBy(() -> DataDirectory.open(data)).hasMessageContaining("sites.json");
    }

    @Test
    void isOfOneProcessAtATime() {
        // Given
        DataDirectory first = DataDirectory.open(data);

        // When, Then
        assertThatThrownBy(() -> DataDirectory.open(data)).hasMessageContaining("another Link runs");
        first.close();
        DataDirectory.open(data).close();
    }

    @Test
    void keepsSecretsUnreadableWithoutTheKey() throws IOException {
        // Given
        byte[] secret = "the secret of the Link".getBytes(StandardCharsets.UTF_8);
        try (DataDirectory directory = DataDirectory.open(data)) {
            sealed(directory).write(secret);

            // Then
            assertThat(new String(Files.readAllBytes(data.resolve("x.sealed")), StandardCharsets.ISO_8859_1))
                    .doesNotContain("secret");
            assertThat(sealed(directory).read()).contains(secret);
            Files.delete(key);
            SealedFile other = sealed(directory);
            assertThatThrownBy(other::read).hasMessageContaining("cannot be opened with the key file");
        }
    }

    @Test
    void doesNotTakeOneSealedFileForAnother() throws IOException {
        // Given
        try (DataDirectory directory = DataDirectory.open(data)) {
            SecretKey secretKey = KeyFile.open(key, directory, false);
            new SealedFile(data.resolve("a"), secretKey).write(new byte[] {1});
            Files.move(data.resolve("a"), data.resolve("b"));

            // When, Then
            assertThatThrownBy(() -> new SealedFile(data.resolve("b"), secretKey).read())
                    .isInstanceOf(DataDirectoryException.class);
        }
    }

    @Test
    void refusesAKeyInsideTheDataDirectory() {
        // Given
        try (DataDirectory directory = DataDirectory.open(data)) {
            // When, Then
            assertThatThrownBy(() -> KeyFile.open(data.resolve("link.key"), directory, false))
                    .hasMessageContaining("inside the data directory");
        }
    }

    @Test
    void doesNotMakeAnotherKeyForWhatIsSealed() {
        // Given
        try (DataDirectory directory = DataDirectory.open(data)) {
            // When, Then
            assertThatThrownBy(() -> KeyFile.open(key, directory, true)).hasMessageContaining("bring it back");
        }
    }

    @Test
    void keepsCredentialsOverARestart() throws IOException {
        // Given
        Credentials credentials = new Credentials(UUID.randomUUID(), "s", "t", Instant.parse("2026-01-01T00:00:00Z"));
        try (DataDirectory directory = DataDirectory.open(data)) {
            new CredentialStore(sealed(directory)).save(credentials);

            // When
            CredentialStore again = new CredentialStore(sealed(directory));

            // Then
            assertThat(again.current()).contains(credentials);
        }
    }

    @Test
    void bindsAGuidToSectionAndDatabaseId() throws IOException {
        // Given
        try (DataDirectory directory = DataDirectory.open(data)) {
            SiteBindings bindings = new SiteBindings(data, UUID::randomUUID);
            SiteBinding first = bindings.bind("Main", "ID1", "P", "1", LicenceKind.STANDARD);

            // When
            SiteBinding swapped = bindings.bind("main", "ID2", "Q", "1", LicenceKind.STANDARD);
            SiteBinding back =
                    new SiteBindings(data, UUID::randomUUID).bind("Main", "ID1", "P", "2", LicenceKind.STANDARD);

            // Then
            assertThat(swapped.siteId()).isNotEqualTo(first.siteId());
            assertThat(back.siteId()).isEqualTo(first.siteId());
            assertThat(new SiteBindings(data, UUID::randomUUID).current()).containsExactly(back);
            assertThat(directory.path()).isEqualTo(data);
        }
    }

    @Test
    void namesADeveloperDatabaseAfterItsGuid() throws IOException {
        // Given
        try (DataDirectory directory = DataDirectory.open(data)) {
            SiteBindings bindings = new SiteBindings(directory.path(), UUID::randomUUID);
            SiteBinding bound = bindings.bind("Dev", "DEVELOPER", "P", "1", LicenceKind.DEVELOPER);

            // When
            SiteBinding renewed = bindings.renew(bound.siteId()).orElseThrow();

            // Then
            assertThat(bound.announcedId()).isEqualTo(bound.siteId().toString().substring(0, 8));
            assertThat(renewed.announcedId()).isNotEqualTo(bound.announcedId());
            assertThat(bindings.current("dev")).contains(renewed);
        }
    }
}
