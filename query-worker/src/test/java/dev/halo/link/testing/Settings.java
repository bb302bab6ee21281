package dev.halo.link.testing;

import dev.halo.link.execution.ExecutionConfig;
import dev.halo.link.firebird.FirebirdConfig;
import dev.halo.link.firebird.ProbeConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Configuration as the running Link reads it: the defaults, and what a test changes of them. */
public final class Settings {

    private Settings() {}

    public static FirebirdConfig firebird(Map<String, String> changes) {
        return mapping(FirebirdConfig.class, changes);
    }

    public static ExecutionConfig execution(Map<String, String> changes) {
        return mapping(ExecutionConfig.class, changes);
    }

    public static ProbeConfig probes(Map<String, String> changes) {
        return mapping(ProbeConfig.class, changes);
    }

    private static <T> T mapping(Class<T> type, Map<String, String> changes) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(type)
                .withSources(new PropertiesConfigSource(changes, "test", 100))
                .build()
                .getConfigMapping(type);
    }
}
