package dev.halo.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.link.config.LinkConfig;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** deploy/compose, read as Compose reads it: there is no Docker where this runs. */
class ComposeTest {

    private static final Path FOLDER = Path.of("..", "deploy", "compose");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[-?][^}]*)?}");

    private final Map<String, Map<String, Object>> services = services();

    @ParameterizedTest
    @CsvSource({"GATEWAY,gateway", "ROUTING,routing", "REGISTRY,registry", "LINK,link"})
    void setsWhatTheServicesConfigurationTakes(ServiceConfiguration service, String name) {
        Map<String, String> environment = new LinkedHashMap<>();
        map(services.get(name), "environment")
                .forEach((variable, value) -> environment.put(
                        variable, VARIABLE.matcher(String.valueOf(value)).replaceAll("$1")));

        SmallRyeConfig config = service.load(Map.of(), environment);

        switch (service) {
            case GATEWAY ->
                assertThat(config.getConfigMapping(GatewayConfig.class)
                                .registry()
                                .url())
                        .isEqualTo("http://registry:8081");
            case LINK ->
                assertThat(config.getConfigMapping(LinkConfig.class).uploadUrl())
                        .hasValueSatisfying(url -> assertThat(url).hasHost("gateway"));
            default -> assertThat(service.kafka(config).bootstrapServers()).isEqualTo("kafka:9092");
        }
    }

    @Test
    void runsTheSuitesImagesRestricted() {
        assertThat(services.entrySet())
                .filteredOn(service ->
                        String.valueOf(service.getValue().get("image")).contains("/halo-"))
                .hasSize(4)
                .allSatisfy(service -> {
                    assertThat(service.getValue()).containsEntry("read_only", true);
                    assertThat(service.getValue().get("cap_drop").toString()).isEqualTo("[ALL]");
                    assertThat(service.getValue().get("security_opt").toString())
                            .contains("no-new-privileges:true");
                });
    }

    @Test
    void runsImagesThatAreMade() {
        List<String> images = new ArrayList<>();
        services.values().forEach(service -> images.add(String.valueOf(service.get("image"))));
        Chart.render("stage.yaml")
                .pods()
                .values()
                .forEach(pod -> images.add(pod.getSpec().getContainers().get(0).getImage()));

        assertThat(images)
                .filteredOn(image -> image.contains("/halo-"))
                .hasSize(7)
                .allSatisfy(image -> assertThat(Path.of(
                                "..", "deploy", "images", image.replaceAll("^.*/halo-([a-z-]+):.*$", "$1"), "pom.xml"))
                        .exists());
    }

    /** Only this machine's people reach it, and nothing depends on what is not there. */
    @Test
    void opensPortsOnThisMachineAloneAndDependsOnItsOwn() {
        services.forEach((name, service) -> {
            if (service.get("ports") instanceof Iterable<?> ports) {
                assertThat(ports).allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:"));
            }
            map(service, "depends_on")
                    .keySet()
                    .forEach(other -> assertThat(services).as(name).containsKey(other));
        });
    }

    @Test
    void takesEverySecretFromWhatPrepareMakes() throws IOException {
        String made = Files.readString(FOLDER.resolve("prepare.sh"));
        Set<String> wanted = new TreeSet<>();
        Matcher variables = VARIABLE.matcher(Files.readString(FOLDER.resolve("compose.yaml")));
        while (variables.find()) {
            if (variables.group(2) == null || variables.group(2).startsWith(":?")) {
                wanted.add(variables.group(1));
            }
        }

        assertThat(wanted).hasSizeGreaterThan(8).allSatisfy(name -> assertThat(made)
                .contains("\n" + name + "="));
    }

    private static Map<String, Map<String, Object>> services() {
        try {
            Map<String, Object> file = new Yaml().load(Files.readString(FOLDER.resolve("compose.yaml")));
            Map<String, Map<String, Object>> services = new LinkedHashMap<>();
            map(file, "services").keySet().forEach(name -> services.put(name, map(map(file, "services"), name)));
            return services;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> of, String key) {
        return (Map<String, Object>) of.getOrDefault(key, Map.of());
    }
}
