package dev.halo.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.site.Environment;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IssuerGuardTest {

    private static final Optional<String> NONE = Optional.empty();

    @Test
    void productionNeedsAnIssuerThatNobodyElseCanBe() {
        assertThat(problem(Environment.PRODUCTION, Optional.of("key"), Optional.of("https://login.example.org")))
                .isPresent();
        assertThat(problem(Environment.PRODUCTION, NONE, NONE)).isPresent();
        assertThat(problem(Environment.PRODUCTION, NONE, Optional.of("http://login.example.org")))
                .isPresent();
        assertThat(problem(Environment.PRODUCTION, NONE, Optional.of("https://login.example.org")))
                .isEmpty();
    }

    @Test
    void stageMayDoAsItLikes() {
        assertThat(problem(Environment.STAGE, Optional.of("key"), NONE)).isEmpty();
    }

    @Test
    void integratorsTokensAreHeldToTheSame() {
        Optional<String> https = Optional.of("https://login.example.org/certs");
        Environment production = Environment.PRODUCTION;

        assertThat(IssuerGuard.bearerProblem(production, Optional.of("key"), https)).isPresent();
        assertThat(IssuerGuard.bearerProblem(production, NONE, Optional.of("http://login.example.org/certs")))
                .isPresent();
        assertThat(IssuerGuard.bearerProblem(production, NONE, https)).isEmpty();
        assertThat(IssuerGuard.bearerProblem(Environment.STAGE, Optional.of("key"), NONE)).isEmpty();
    }

    private static Optional<String> problem(Environment environment, Optional<String> key, Optional<String> issuer) {
        return IssuerGuard.problem(environment, key, issuer);
    }
}
