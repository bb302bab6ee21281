package dev.halo.gateway.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.gateway.config.BearerConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerKeysTest {

    @ParameterizedTest
    @ValueSource(strings = {"ftp://login.example.org/certs", "login.example.org/certs", "file:///etc/certs"})
    void anAddressThatCannotBeFetchedIsNamedAtTheStart(String url) {
        assertThatThrownBy(() -> keys(Map.of("halo.gateway.bearer.keys-url", url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("halo.gateway.bearer");
    }

    @Test
    void withoutAnIssuerThereIsNothingToFetch() {
        assertThatCode(() -> keys(Map.of())).doesNotThrowAnyException();
    }

    private static IssuerKeys keys(Map<String, String> properties) {
        return new IssuerKeys(new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(BearerConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build()
                .getConfigMapping(BearerConfig.class));
    }
}
