package dev.halo.routing;

import dev.halo.routing.config.RoutingConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** The bridge's configuration as the application binds it, without the application. */
public final class TestConfig {

    private TestConfig() {}

    /** @param pairs name below {@code halo.routing} and value, in turn */
    public static RoutingConfig routing(String... pairs) {
        Map<String, String> properties = new HashMap<>();
        properties.put("halo.routing.link-token-public-key", "unused");
        properties.put("halo.routing.environment", "stage");
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put("halo.routing." + pairs[i], pairs[i + 1]);
        }
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(properties, "test", 400))
                .withMapping(RoutingConfig.class)
                .build()
                .getConfigMapping(RoutingConfig.class);
    }
}
