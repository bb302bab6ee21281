package dev.halo.systemtests.client;

import dev.halo.test.contract.ContractValidator;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Holds every answer of the integrator API against its structure file. */
final class ContractCheck {

    private ContractCheck() {}

    static void check(String method, String path, HttpResponse<byte[]> response) {
        if (path.startsWith("/integrator/")) {
            ContractValidator.assertConforms(
                    method,
                    path,
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(null),
                    new String(response.body(), StandardCharsets.UTF_8));
        }
    }
}
