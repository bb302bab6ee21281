package dev.halo.registry.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each operation that the OpenAPI document names refuses each role that it is not for. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class RolesIT {

    private record Call(String method, String path) {
        boolean isFor(String role) {
            if (path.startsWith("/internal/")) {
                return role.equals("service");
            }
            if (path.startsWith("/admin/v1/audit")) {
                return role.equals("auditor") || role.equals("operator");
            }
            return role.equals("operator") || role.equals("support") && method.equals("GET");
        }
    }

    @RegistrySuite.Inject
    RegistrySuite suite;

    @Test
    void eachOperationRefusesEachWrongRole() {
        // Given
        RegistryClient client = new RegistryClient(suite);
        List<Call> calls = calls();
        assertThat(calls).hasSizeGreaterThan(35);

        // When
        List<String> wrong = new ArrayList<>();
        for (Call call : calls) {
            for (String role : List.of("operator", "support", "auditor", "service", "integrator")) {
                if (call.path().endsWith("/republish") && call.isFor(role)) {
                    // It would publish what other tests count.
                    continue;
                }
                boolean refused = client.as(role)
                                .body("{}")
                                .request(call.method(), call.path())
                                .statusCode()
                        == 403;
                if (refused == call.isFor(role)) {
                    wrong.add(role + " " + call);
                }
            }
        }

        // Then
        assertThat(wrong).isEmpty();
    }

    /** With ids that nobody has, so that nothing happens where a call is let through. */
    private static List<Call> calls() {
        Map<String, Map<String, Object>> paths = RestAssured.given()
                .accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .path("paths");
        List<Call> calls = new ArrayList<>();
        paths.forEach((path, operations) -> {
            if (path.startsWith("/admin/") || path.startsWith("/internal/")) {
                String filled = path.replace("{slot}", "PRIMARY")
                        .replaceAll("\\{[A-Za-z]+}", UUID.randomUUID().toString());
                operations.keySet().stream()
                        .filter(key -> List.of("get", "put", "post", "delete").contains(key))
                        .map(method -> new Call(method.toUpperCase(Locale.ROOT), filled))
                        .forEach(calls::add);
            }
        });
        return calls;
    }
}
