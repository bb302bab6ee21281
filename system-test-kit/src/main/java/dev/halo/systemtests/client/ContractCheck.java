package dev.halo.systemtests.client;

import dev.halo.test.contract.ContractValidator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Holds every answer of the integrator API against its structure file, and the headers that go with it. */
final class ContractCheck {

    private static final Pattern QUERY = Pattern.compile("/integrator/sites/[^/]+/queries/[^/]+");
    private static final Pattern PAGE = Pattern.compile(QUERY + "/results/[^/]+(/stream)?");
    private static final List<String> PAGE_HEADERS =
            List.of("Size", "Rows-Count", "Rows-Range-Start", "Rows-Range-End");

    private ContractCheck() {}

    static void check(String method, String path, HttpResponse<byte[]> response) {
        if (!path.startsWith("/integrator/")) {
            return;
        }
        int status = response.statusCode();
        List<String> headers = new ArrayList<>();
        if (status == 201 || status == 202) {
            headers.add("Location");
        }
        if (status == 201) {
            headers.add("Retry-After");
        }
        if (status == 200 && PAGE.matcher(path).matches()) {
            headers.addAll(PAGE_HEADERS);
        }
        headers.removeIf(name -> response.headers().firstValue(name).isPresent());
        if (!headers.isEmpty()) {
            throw new AssertionError("The answer " + status + " to " + method + " " + path + " lacks " + headers);
        }
        String coding = response.headers().firstValue("Content-Encoding").orElse("");
        if (isCancelled(method, path, response) || coding.equals("zstd")) {
            // An addition of the product's, of which the structure knows nothing; and what a test holds against the
            // rows as they are.
            return;
        }
        ContractValidator.assertConforms(
                method,
                path,
                status,
                response.headers().firstValue("Content-Type").orElse(null),
                new String(
                        coding.equals("gzip") ? unzipped(response.body()) : response.body(), StandardCharsets.UTF_8));
    }

    private static boolean isCancelled(String method, String path, HttpResponse<byte[]> response) {
        return method.equals("DELETE")
                && QUERY.matcher(path).matches()
                && response.statusCode() == 202
                && response.body().length == 0;
    }

    private static byte[] unzipped(byte[] body) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
