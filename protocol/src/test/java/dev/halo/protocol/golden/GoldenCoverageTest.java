package dev.halo.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.link.LinkMessages;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.session.SessionRecord;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fails when a message is added without a golden file. */
class GoldenCoverageTest {

    private static final Set<Class<?>> SAMPLED =
            Samples.all().stream().map(sample -> sample.message().getClass()).collect(Collectors.toSet());

    /** The sealed types of this module that go over the wire. */
    static List<Class<?>> sealedTypes() throws IOException, URISyntaxException {
        Path classes = Path.of(
                Frame.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(classes::relativize)
                    .map(Path::toString)
                    .filter(file -> file.endsWith(".class"))
                    .map(file -> file.substring(0, file.length() - ".class".length())
                            .replace(java.io.File.separatorChar, '.'))
                    .<Class<?>>map(GoldenCoverageTest::load)
                    .filter(type -> type.isSealed() && type.isAnnotationPresent(JsonTypeInfo.class))
                    .toList();
        }
    }

    @Test
    void theSealedTypesAreFound() throws Exception {
        assertThat(sealedTypes()).contains(Frame.class, Outcome.class, SessionRecord.class, IntegratorFact.class);
    }

    @ParameterizedTest
    @MethodSource("sealedTypes")
    void everyVariantHasAGoldenFile(Class<?> sealed) {
        assertThat(sealed.getPermittedSubclasses()).allSatisfy(variant -> assertThat(SAMPLED)
                .as("a sample, and with it a golden file, of %s", variant)
                .contains(variant));
    }

    @ParameterizedTest
    @MethodSource("sealedTypes")
    void everyVariantHasANameOnTheWire(Class<?> sealed) {
        List<Class<?>> named = Arrays.stream(
                        sealed.getAnnotation(JsonSubTypes.class).value())
                .<Class<?>>map(JsonSubTypes.Type::value)
                .toList();

        assertThat(named).containsExactlyInAnyOrder(sealed.getPermittedSubclasses());
    }

    @Test
    void everyMessageOfTheLinkApiHasAGoldenFile() {
        assertThat(LinkMessages.class.getDeclaredClasses())
                .allSatisfy(type -> assertThat(SAMPLED).contains(type));
    }

    @Test
    void everyGoldenFileHasASample() throws IOException {
        Set<String> names = Samples.all().stream().map(Samples.Sample::name).collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(Path.of("src", "test", "resources", "golden"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".json"))
                            .map(name -> name.substring(0, name.length() - ".json".length())))
                    .filteredOn(name -> !Set.of("headers", "message-types").contains(name))
                    .containsExactlyInAnyOrderElementsOf(names);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, GoldenCoverageTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
