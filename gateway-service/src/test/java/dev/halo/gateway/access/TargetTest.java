package dev.halo.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {

    private static final String SITE = "123e4567-e89b-12d3-a456-426614174000";

    @ParameterizedTest
    @CsvSource({
        "POST, queries/immediate, IMMEDIATE",
        "POST, queries/immediate/, IMMEDIATE",
        "POST, queries/async, ASYNC",
        "POST, queries/registered, REGISTERED",
        "GET, queries/registered, READING",
        "POST, queries/status, READING",
        "GET, queries/1, READING",
        "DELETE, queries/1, READING",
        "GET, queries/1/results/1, RESULT",
        "GET, queries/1/results/1/stream, RESULT",
        "GET, queries/registered/1/results, RESULT",
        "GET, fhir/R4/Patient, READING",
        "POST, fhir/R4/Patient/_search, READING",
        "PATCH, queries/1, READING",
        "GET, other/1, OTHER"
    })
    void thePathSaysWhatIsAskedOfWhichSite(String method, String path, Target.Kind kind) {
        Target target = Target.of(method, "/integrator/sites/" + SITE + "/" + path);

        assertThat(target).isEqualTo(new Target(kind, UUID.fromString(SITE)));
    }

    @Test
    void whateverThePathIsItIsSomething() {
        for (String path :
                new String[] {"/integrator", "/integrator/sites", "/integrator/sites/", "/integrator/usage"}) {
            assertThat(Target.of("GET", path)).isEqualTo(new Target(Target.Kind.OTHER, null));
        }
        assertThat(Target.of("POST", "/integrator/sites/x/queries/async"))
                .isEqualTo(new Target(Target.Kind.ASYNC, null));
        assertThat(Target.of("GET", "/integrator/sites/" + SITE))
                .isEqualTo(new Target(Target.Kind.OTHER, UUID.fromString(SITE)));
    }
}
