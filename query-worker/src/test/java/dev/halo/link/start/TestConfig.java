package dev.halo.link.start;

import dev.halo.link.audit.AuditConfig;
import dev.halo.link.config.AccessConfig;
import dev.halo.link.config.DiscoveryConfig;
import dev.halo.link.config.LinkConfig;
import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.execution.ExecutionConfig;
import dev.halo.link.firebird.FirebirdConfig;
import dev.halo.link.firebird.ProbeConfig;
import dev.halo.link.query.QueryConfig;
import dev.halo.link.queue.QueueConfig;
import dev.halo.link.registered.RegisteredConfig;
import dev.halo.link.session.SessionConfig;
import dev.halo.link.upload.UploadConfig;
import io.quarkus.runtime.configuration.CharsetConverter;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Map;

/** The Link's configuration with its defaults and a test's own values, without an application. */
public final class TestConfig {

    private final SmallRyeConfig config;

    public TestConfig(Map<String, String> values) {
        this.config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(values, "test", 500))
                .withConverter(Duration.class, 200, new DurationConverter())
                .withConverter(Charset.class, 200, new CharsetConverter())
                .withConverter(MemorySize.class, 200, new MemorySizeConverter())
                .withMapping(LinkConfig.class)
                .withMapping(ZedmedConfig.class)
                .withMapping(QueueConfig.class)
                .withMapping(QueryConfig.class)
                .withMapping(UploadConfig.class)
                .withMapping(RegisteredConfig.class)
                .withMapping(SessionConfig.class)
                .withMapping(AuditConfig.class)
                .withMapping(DiscoveryConfig.class)
                .withMapping(AccessConfig.class)
                .withMapping(FirebirdConfig.class)
                .withMapping(ProbeConfig.class)
                .withMapping(ExecutionConfig.class)
                .build();
    }

    public <T> T of(Class<T> mapping) {
        return config.getConfigMapping(mapping);
    }

    public LinkConfigs link() {
        return new LinkConfigs(
                of(LinkConfig.class),
                of(ZedmedConfig.class),
                of(QueueConfig.class),
                of(QueryConfig.class),
                of(UploadConfig.class),
                of(RegisteredConfig.class),
                of(SessionConfig.class),
                of(AuditConfig.class));
    }

    public Databases firebird() {
        return new FirebirdDatabases(
                of(FirebirdConfig.class),
                of(ProbeConfig.class),
                of(ExecutionConfig.class),
                of(DiscoveryConfig.class),
                of(AccessConfig.class));
    }
}
