package dev.halo.gateway.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.halo.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * The registry's pairing call. How it answers depends on the first digits of the site asked for, which name the status.
 */
final class FakeRegistry implements AutoCloseable {

    private final HttpServer server;

    FakeRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/internal/v1/pairings", this::pair);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void pair(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<?, ?> asked = Json.read(exchange.getRequestBody().readAllBytes(), Map.class);
            String site = String.valueOf(asked.get("siteId"));
            boolean known = ("Bearer " + GatewayResources.REGISTRY_TOKEN)
                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!known) {
                answer(exchange, 401, "{}");
            } else if (site.startsWith("00000404")) {
                answer(exchange, 404, "{\"error\":{\"status\":404,\"statusText\":\"Not Found\",\"message\":\"no\"}}");
            } else if (site.startsWith("00000409")) {
                answer(exchange, 409, "{\"error\":{\"status\":409,\"statusText\":\"Conflict\",\"message\":\"no\"}}");
            } else if (site.startsWith("00000500")) {
                answer(exchange, 500, "not even JSON");
            } else {
                answer(exchange, 200, "{\"created\":true}");
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
