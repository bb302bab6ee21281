package dev.halo.link.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.command.Commands;
import dev.halo.link.start.LinkService;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The application as it is packaged, with nothing round it: no INI, no database, no cloud. */
@QuarkusTest
@TestProfile(ControlEndpointIT.Alone.class)
class ControlEndpointIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TestHTTPResource("/")
    URI url;

    @Inject
    LinkService service;

    /** A Link in directories of its own. */
    public static class Alone implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path directory = Files.createTempDirectory("halo-link-it");
                return Map.of(
                        "halo.link.data-dir", directory.resolve("data").toString(),
                        "halo.link.key-file", directory.resolve("key/link.key").toString(),
                        "halo.link.zedmed.ini", directory.resolve("missing.ini").toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Path dataDirectory() {
        return service.link().dataDirectory().path();
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private Commands.Result command(String... arguments) {
        await().atMost(LONG).until(() -> Files.exists(dataDirectory().resolve("control.json")));
        return Commands.run(dataDirectory(), arguments);
    }

    @Test
    void obeysNobodyWithoutTheToken() throws Exception {
        // When, Then
        assertThat(get("/control/v1/status", null).statusCode()).isEqualTo(401);
        assertThat(get("/control/v1/status", "0".repeat(64)).statusCode()).isEqualTo(401);
    }

    @Test
    void isReadyAndLiveWithNothingRoundIt() throws Exception {
        // When
        HttpResponse<String> ready = get("/q/health/ready", null);

        // Then
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).contains("NotConfigured");
        assertThat(get("/q/health/live", null).statusCode()).isEqualTo(200);
    }

    @Test
    void countsForPrometheus() throws Exception {
        // When
        HttpResponse<String> metrics = get("/q/metrics", null);

        // Then
        assertThat(metrics.body()).contains("halo_link_session_open", "halo_link_queue_waiting");
    }

    @Test
    void tellsWhatIsMissing() {
        // When
        Commands.Result status = command("status");

        // Then
        assertThat(status.exitCode()).isEqualTo(3);
        assertThat(status.output()).contains("missing.ini does not exist", "no cloud is configured");
        assertThat(command("status", "--json").output()).startsWith("{").contains("\"problems\"");
    }

    @Test
    void refusesAnUnknownSite() {
        // When
        Commands.Result result = Commands.runWith(
                "secret\n",
                dataDirectory(),
                "integrator",
                "enable",
                "--site",
                "NOPE",
                "--integrator",
                "00000000-0000-0000-0000-000000000001",
                "--password-stdin");

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("there is no usable site NOPE").doesNotContain("secret");
    }

    @Test
    void listsNobodyAndReadsAnEmptyAudit() {
        // When, Then
        assertThat(command("integrator", "list").exitCode()).isZero();
        assertThat(command("audit", "--verify").output()).contains("The chain holds: 0 entries");
    }

    @Test
    void enrolsNowhereWithoutACloud() {
        // When
        Commands.Result result = Commands.runWith("prod_token\n", dataDirectory(), "enrol", "--token-stdin");

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("no cloud is configured");
    }

    @Test
    void uninstallsNothingThatIsNotEnrolled() {
        // When
        Commands.Result result = command("uninstall");

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("this Link is not enrolled");
    }
}
