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
        Optional<String> https = Optional.of("https://login.example.org/realms/halo");
        Optional<String> plain = Optional.of("http://login.example.org/realms/halo");
        Environment production = Environment.PRODUCTION;

        assertThat(bearerProblem(production, Optional.of("key"), https, NONE)).isPresent();
        assertThat(bearerProblem(production, NONE, plain, NONE)).isPresent();
        assertThat(bearerProblem(production, NONE, https, NONE)).isEmpty();
        assertThat(bearerProblem(production, NONE, https, https)).isEmpty();
        assertThat(bearerProblem(Environment.STAGE, Optional.of("key"), plain, NONE))
                .isEmpty();
    }

    @Test
    void secureKeysMakeNoGoodIssuerOfAPlainOne() {
        Optional<String> https = Optional.of("https://login.example.org/certs");
        Optional<String> plain = Optional.of("http://login.example.org/realms/halo");

        assertThat(bearerProblem(Environment.PRODUCTION, NONE, plain, https)).isPresent();
        assertThat(bearerProblem(Environment.PRODUCTION, NONE, https, plain)).isPresent();
    }

    private static Optional<String> bearerProblem(
            Environment environment, Optional<String> key, Optional<String> issuer, Optional<String> keys) {
        return IssuerGuard.bearerProblem(environment, key, issuer, keys);
    }

    private static Optional<String> problem(Environment environment, Optional<String> key, Optional<String> issuer) {
        return IssuerGuard.problem(environment, key, issuer);
    }
}
