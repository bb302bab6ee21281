package dev.halo.systemtests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The border of each module, seen from outside: what its compiled classes use. */
class ModuleBoundariesTest {

    /** Folder of each module and its root package. */
    private static final Map<String, String> MODULES = new TreeMap<>(Map.of(
            "protocol", "dev.halo.protocol",
            "messaging", "dev.halo.messaging",
            "gateway-service", "dev.halo.gateway",
            "registry-service", "dev.halo.registry",
            "routing-service", "dev.halo.routing",
            "query-worker", "dev.halo.link",
            "deploy/embedded", "dev.halo.embedded",
            "deploy/local", "dev.halo.local"));

    private static JavaClasses classes;

    @BeforeAll
    static void importThem() {
        List<Path> folders = MODULES.keySet().stream()
                .map(module -> Path.of("..", module, "target", "classes"))
                .toList();
        assertThat(folders).allSatisfy(folder -> assertThat(Files.isDirectory(folder))
                .as("%s is compiled before this module", folder)
                .isTrue());
        classes = new ClassFileImporter().importPaths(folders);
    }

    @Test
    void eachModuleKeepsToItsPackage() {
        MODULES.forEach((module, root) -> {
            // When
            JavaClasses own = new ClassFileImporter().importPaths(Path.of("..", module, "target", "classes"));

            // Then
            assertThat(own).isNotEmpty().allSatisfy(type -> assertThat(type.getPackageName())
                    .startsWith(root));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "dev.halo.gateway..",
        "dev.halo.registry..",
        "dev.halo.routing..",
        "dev.halo.link..",
        "dev.halo.local..",
        "dev.halo.messaging..",
        "dev.halo.protocol..",
        "dev.halo.embedded.."
    })
    void nothingDependsOnAServiceButItself(String module) {
        String[] services = MODULES.values().stream()
                .map(root -> root + "..")
                .filter(root -> !root.equals(module))
                .filter(root -> List.of("gateway", "registry", "routing", "link", "local").stream()
                        .anyMatch(name -> root.equals("dev.halo." + name + "..")))
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(services)
                .because("a service is reached through the protocol alone")
                .check(classes);
    }

    @Test
    void whatRunsInProductionKnowsNothingOfEmbeddedServers() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.halo.embedded..", "dev.halo.local..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.halo.embedded..")
                .check(classes);
    }

    @Test
    void theProtocolNeedsNoFramework() {
        noClasses()
                .that()
                .resideInAPackage("dev.halo.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io..", "jakarta..", "org.apache..", "org.jboss..", "org.eclipse..", "dev.halo.messaging..")
                .check(classes);
    }

    @Test
    void theLinkKnowsNoKafka() {
        noClasses()
                .that()
                .resideInAPackage("dev.halo.link..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "dev.halo.messaging..")
                .because("it stands in a practice and reaches the cloud through HTTPS and its session only")
                .check(classes);
    }

    @Test
    void theBuildingBlocksKnowNoContainer() {
        noClasses()
                .that()
                .resideInAPackage("dev.halo.messaging..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "io.smallrye..")
                .check(classes);
    }
}
