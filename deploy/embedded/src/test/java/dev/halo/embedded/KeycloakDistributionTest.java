package dev.halo.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that are not what they should be; the real one is unpacked where the suite runs with Keycloak. */
class KeycloakDistributionTest {

    @TempDir
    Path folder;

    @Test
    void filesComeWithoutTheArchivesOwnFolder() throws IOException {
        // Given
        Path archive = archive("keycloak-1/", "keycloak-1/lib/quarkus-run.jar");

        // When
        KeycloakDistribution.unpack(archive, folder.resolve("to"));

        // Then
        assertThat(folder.resolve("to/lib/quarkus-run.jar")).hasContent("x");
    }

    @Test
    void anArchiveThatLeavesItsFolderIsRefused() throws IOException {
        Path archive = archive("keycloak-1/../../outside");

        assertThatThrownBy(() -> KeycloakDistribution.unpack(archive, folder.resolve("to")))
                .hasMessageContaining("leaves its folder");
        assertThat(folder.resolve("outside")).doesNotExist();
    }

    @Test
    void aMissingArchiveIsNamedAndLeavesNothingInTheCache() {
        Path missing = folder.resolve("missing.zip");

        assertThatThrownBy(() -> KeycloakDistribution.find(folder, Optional.of(missing), line -> {}))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("missing.zip");
        assertThat(folder.toFile().listFiles(file -> file.isDirectory())).isEmpty();
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(KeycloakDistribution.version()).matches("[0-9]+(\\.[0-9]+)+");
    }

    @Test
    void theProcessHasABoundedHeap() {
        List<String> command = new KeycloakDistribution(folder).command(folder, List.of("start"));

        assertThat(command).contains("-Xmx384m", "-XX:MaxMetaspaceSize=256m").endsWith("start");
    }

    private Path archive(String... names) throws IOException {
        Path archive = folder.resolve("archive.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                if (!name.endsWith("/")) {
                    zip.write('x');
                }
                zip.closeEntry();
            }
        }
        return archive;
    }
}
