package dev.halo.link.command;

import dev.halo.link.control.ControlMessages.Problem;
import dev.halo.link.control.ControlResource;
import dev.halo.link.control.ControlToken;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;

/** Talks to the Link that runs on this machine. */
final class ControlClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path dataDir;

    ControlClient(Path dataDir) {
        this.dataDir = dataDir;
    }

    <T> T get(String path, Class<T> answer) throws CommandFailed, InterruptedException {
        return send(HttpRequest.newBuilder().GET(), path, answer);
    }

    <T> T post(String path, Object body, Class<T> answer) throws CommandFailed, InterruptedException {
        return send(
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body))),
                path,
                answer);
    }

    private <T> T send(HttpRequest.Builder request, String path, Class<T> answer)
            throws CommandFailed, InterruptedException {
        ControlToken.Address address = address();
        try {
            HttpResponse<byte[]> response = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(
                            request.uri(URI.create("http://127.0.0.1:" + address.port() + ControlResource.PATH + path))
                                    .timeout(TIMEOUT)
                                    .header("Authorization", "Bearer " + address.token())
                                    .header("Accept", "application/json")
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() / 100 != 2) {
                throw new CommandFailed(message(response));
            }
            return Json.read(response.body(), answer);
        } catch (IOException e) {
            throw new CommandFailed(notRunning());
        }
    }

    private static String message(HttpResponse<byte[]> response) {
        try {
            String message = Json.read(response.body(), Problem.class).message();
            return message == null ? "the Link answered " + response.statusCode() : message;
        } catch (MalformedMessage e) {
            return "the Link answered " + response.statusCode();
        }
    }

    private ControlToken.Address address() throws CommandFailed {
        try {
            return ControlToken.read(dataDir).orElseThrow(() -> new CommandFailed(notRunning()));
        } catch (AccessDeniedException e) {
            throw new CommandFailed("only the Link's own user may do this: " + dataDir + " cannot be read");
        } catch (IOException e) {
            throw new CommandFailed(dataDir + " cannot be read: " + e.getMessage());
        }
    }

    private String notRunning() {
        return "no Link runs on the data directory " + dataDir + " (--data-dir)";
    }
}
