package dev.halo.routing.bridge;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The packaged service as a process of its own, as it is deployed. */
final class PackagedService implements AutoCloseable {

    private static final Path FOLDER = Path.of("target", "quarkus-app");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process process;
    private final Path log;
    private final int port;

    private PackagedService(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    static PackagedService start(TestDeployment deployment, int slot, Path log) throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dhalo.kafka.bootstrap-servers=" + deployment.settings().bootstrapServers(),
                "-Dhalo.kafka.topic-prefix=" + deployment.settings().topicPrefix(),
                "-Dhalo.kafka.replication-factor=1",
                "-Dhalo.kafka.min-insync-replicas=1",
                "-Dhalo.routing.environment=stage",
                "-Dhalo.routing.slot=" + slot,
                "-Dhalo.routing.link-token-public-key=" + deployment.publicKey(),
                "-Dhalo.routing.drain.spread=2s",
                "-Dhalo.routing.drain.grace=1s",
                "-Dhalo.routing.drain.unfinished=30s"));
        command.addAll(List.of("-jar", "quarkus-run.jar"));
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new PackagedService(process, log, port);
    }

    PackagedService awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> !process.isAlive() || status("GET", "/q/health/ready") == 200);
        if (!process.isAlive()) {
            throw new IllegalStateException("the service ended with " + process.exitValue() + ":\n" + log());
        }
        return this;
    }

    int port() {
        return port;
    }

    /** The answer's status; 0 where there is none. */
    int status(String method, String path) {
        try {
            return send(method, path).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** As a supervisor stops it. */
    void terminate() {
        process.destroy();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the service did not end:\n" + log());
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
