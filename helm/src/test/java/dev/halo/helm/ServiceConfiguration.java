package dev.halo.helm;

import dev.halo.gateway.config.AdminConfig;
import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.config.AuditConfig;
import dev.halo.gateway.config.BearerConfig;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.config.IdempotencyConfig;
import dev.halo.gateway.config.LifecycleConfig;
import dev.halo.gateway.config.LimitsConfig;
import dev.halo.gateway.config.RegisteredConfig;
import dev.halo.gateway.config.WebhookConfig;
import dev.halo.link.config.AccessConfig;
import dev.halo.link.config.DiscoveryConfig;
import dev.halo.link.config.LinkConfig;
import dev.halo.link.config.ZedmedConfig;
import dev.halo.messaging.KafkaSettings;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.routing.config.RoutingConfig;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.validator.BeanValidationConfigValidatorImpl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A service's configuration as it finds it in a pod: what is built into it, the mounted application.properties and the
 * environment. Loading fails on a property that no mapping has, or beyond its bounds.
 */
enum ServiceConfiguration {
    GATEWAY(
            "gateway",
            List.of(
                    GatewayConfig.class,
                    dev.halo.gateway.config.KafkaConfig.class,
                    AdminConfig.class,
                    AsyncConfig.class,
                    AuditConfig.class,
                    BearerConfig.class,
                    IdempotencyConfig.class,
                    LifecycleConfig.class,
                    LimitsConfig.class,
                    RegisteredConfig.class,
                    WebhookConfig.class)),
    ROUTING("routing", List.of(RoutingConfig.class, dev.halo.routing.config.KafkaConfig.class)),
    REGISTRY("registry", List.of(RegistryConfig.class, dev.halo.registry.config.KafkaConfig.class)),
    LINK("link", List.of(LinkConfig.class, ZedmedConfig.class, AccessConfig.class, DiscoveryConfig.class));

    static final int SLOT = 7;

    private final String component;
    private final List<Class<?>> mappings;

    ServiceConfiguration(String component, List<Class<?>> mappings) {
        this.component = component;
        this.mappings = mappings;
    }

    SmallRyeConfig load(Rendered release) {
        return load(release.properties(component), environment(release));
    }

    /** What Compose gives: variables alone. */
    SmallRyeConfig load(Map<String, String> properties, Map<String, String> environment) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withValidator(new BeanValidationConfigValidatorImpl())
                .withProfile("prod")
                .withSources(
                        builtIn(),
                        new PropertiesConfigSource(properties, "config/application.properties", 260),
                        new EnvConfigSource(environment, 300));
        mappings.forEach(builder::withMapping);
        return builder.build();
    }

    KafkaSettings kafka(SmallRyeConfig config) {
        return switch (this) {
            case GATEWAY ->
                config.getConfigMapping(dev.halo.gateway.config.KafkaConfig.class)
                        .settings();
            case ROUTING ->
                config.getConfigMapping(dev.halo.routing.config.KafkaConfig.class)
                        .settings();
            case REGISTRY ->
                config.getConfigMapping(dev.halo.registry.config.KafkaConfig.class)
                        .settings();
            case LINK -> throw new IllegalArgumentException("The Link does not know Kafka");
        };
    }

    private PropertiesConfigSource builtIn() {
        try {
            URL file = Path.of("..", folder(), "src", "main", "resources", "application.properties")
                    .toUri()
                    .toURL();
            return new PropertiesConfigSource(file, 250);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String folder() {
        return this == LINK ? "query-worker" : component + "-service";
    }

    /** Secrets have their variable's name for a value. */
    private Map<String, String> environment(Rendered release) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvVar variable : release.container(component).getEnv()) {
            String value = variable.getValue();
            if (variable.getValueFrom() != null) {
                value = variable.getValueFrom().getFieldRef() != null ? String.valueOf(SLOT) : variable.getName();
            }
            environment.put(variable.getName(), value);
        }
        return environment;
    }
}
