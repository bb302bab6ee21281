package dev.halo.registry.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.site.Environment;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeploymentGuardTest {

    private static final Optional<String> NONE = Optional.empty();
    private static final Optional<String> KEY = Optional.of("MIIB");

    @Test
    void productionNeedsAnIssuerBehindTls() {
        assertThat(DeploymentGuard.problem(Environment.PRODUCTION, NONE, Optional.of("https://id.example/realms/halo")))
                .isEmpty();
        assertThat(DeploymentGuard.problem(Environment.PRODUCTION, NONE, Optional.of("http://id.example/realms/halo")))
                .hasValueSatisfying(problem -> assertThat(problem).contains("https://"));
        assertThat(DeploymentGuard.problem(Environment.PRODUCTION, NONE, NONE))
                .hasValueSatisfying(problem -> assertThat(problem).contains("auth-server-url is not set"));
    }

    @Test
    void productionTakesNoLocalKey() {
        assertThat(DeploymentGuard.problem(Environment.PRODUCTION, KEY, Optional.of("https://id.example/realms/halo")))
                .hasValueSatisfying(problem -> assertThat(problem).contains("public-key"));
    }

    @Test
    void stageMayDoEither() {
        assertThat(DeploymentGuard.problem(Environment.STAGE, KEY, NONE)).isEmpty();
        assertThat(DeploymentGuard.problem(Environment.STAGE, NONE, Optional.of("http://127.0.0.1:8180")))
                .isEmpty();
    }
}
