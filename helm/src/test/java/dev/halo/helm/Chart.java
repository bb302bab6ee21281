package dev.halo.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The chart in this module's folder, rendered as {@code helm template} does. */
final class Chart {

    static final Path FOLDER = Path.of("halo").toAbsolutePath();
    static final String RELEASE = "halo";
    static final String NAMESPACE = "halo-test";
    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final Map<String, Rendered> RENDERED = new ConcurrentHashMap<>();

    /** Rendering leaves hooks out; here the pod of {@code helm test} is an object as any other. */
    private static final Path WITHOUT_HOOKS = copyWithoutHooks();

    private Chart() {}

    /** The example values by their files' names. */
    static List<String> examples() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("examples"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Rendered render(String example) {
        return render(example, "{}");
    }

    /** Of an example with changes as YAML. */
    static Rendered render(String example, String changes) {
        return RENDERED.computeIfAbsent(example + '\n' + changes, key -> Rendered.of(text(example, changes)));
    }

    /** What helm prints, rendered anew. */
    static String text(String example, String changes) {
        return template(merged(example, changes));
    }

    static String template(JsonNode values) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            try {
                YAML.writeValue(file.toFile(), values);
                return new Helm(WITHOUT_HOOKS)
                        .template()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion("1.31.0")
                        .withValuesFile(file)
                        .call();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lints a copy of the chart whose defaults are these values: helm lints a chart with its own. */
    static LintResult lint(Path copy, JsonNode values) throws IOException {
        copyTo(copy);
        YAML.writeValue(copy.resolve("values.yaml").toFile(), merge(defaults(), values));
        return new Helm(copy).lint().strict().call();
    }

    private static Path copyWithoutHooks() {
        try {
            Path copy = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "chart");
            copyTo(copy);
            Path test = copy.resolve("templates/tests/ready.yaml");
            Files.writeString(test, Files.readString(test).replace("helm.sh/hook: test", "hook: test"));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyTo(Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(FOLDER.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    static ObjectNode defaults() {
        return read(FOLDER.resolve("values.yaml"));
    }

    static ObjectNode merged(String example, String changes) {
        try {
            return merge(read(FOLDER.resolve("examples").resolve(example)), YAML.readTree(changes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode read(Path file) {
        try {
            return (ObjectNode) YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Maps are merged, anything else is replaced: as helm does it. */
    private static ObjectNode merge(ObjectNode base, JsonNode changes) {
        changes.fields().forEachRemaining(change -> {
            JsonNode before = base.get(change.getKey());
            if (before instanceof ObjectNode map && change.getValue().isObject()) {
                merge(map, change.getValue());
            } else {
                base.set(change.getKey(), change.getValue());
            }
        });
        return base;
    }
}
