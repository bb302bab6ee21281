package dev.halo.gateway.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import dev.halo.protocol.integrator.SecretSeal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An integrator's receiver of webhooks, on loopback, that behaves as a test says. */
public final class Receiver implements AutoCloseable {

    /** What signs the webhooks. */
    public static final String SECRET = "whsec_of-the-tests";

    /** A webhook as it came. */
    public record Received(
            String path, String contentType, String id, String timestamp, String signature, String body) {}

    /** What it answers to the nth webhook, from 1; 0: it waits until it is closed. */
    @FunctionalInterface
    public interface Answers {
        int status(int nth);
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Answers answers;

    public Receiver(Answers answers) {
        this(0, answers);
    }

    /** @param port 0: any */
    public Receiver(int port, Answers answers) {
        this.answers = answers;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.setExecutor(threads);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public List<Received> received() {
        return received;
    }

    /** Where it listens, for an integrator. */
    public Webhooks webhooks(UUID integratorId, String pathAndQuery) {
        return webhooks(integratorId, port(), pathAndQuery);
    }

    /** A receiver at a port of this machine. */
    public static Webhooks webhooks(UUID integratorId, int port, String pathAndQuery) {
        String sealed = SecretSeal.of(GatewayResources.AT_REST_KEY).seal(integratorId, SECRET);
        return new Webhooks("http://127.0.0.1:" + port + pathAndQuery, null, null, sealed);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.getRequestHeaders();
            int nth;
            synchronized (received) {
                received.add(new Received(
                        exchange.getRequestURI().toString(),
                        headers.getFirst("Content-Type"),
                        headers.getFirst("X-Halo-Id"),
                        headers.getFirst("X-Halo-Timestamp"),
                        headers.getFirst("X-Halo-Signature-256"),
                        body));
                nth = received.size();
            }
            int status = answers.status(nth);
            if (status == 0) {
                closing.await(30, TimeUnit.SECONDS);
                return;
            }
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:" + port() + "/elsewhere");
            byte[] text = "{\"ignored\":true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, status == 204 ? -1 : text.length);
            if (status != 204) {
                exchange.getResponseBody().write(text);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
