package dev.halo.systemtests.suite;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An integrator's own server, which is told of what has ended. */
public final class WebhookReceiver implements AutoCloseable {

    /** One delivery as it came. */
    public record Delivery(String path, String id, String timestamp, String signature, String body) {

        /** Whether it was signed with the secret, as the contract says. */
        public boolean isSignedWith(String secret) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                byte[] expected = mac.doFinal((body + "." + timestamp).getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(expected).equals(signature);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** In place of a status: nothing is answered, ever. */
    public static final int NO_ANSWER = 0;

    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private final IntUnaryOperator statusOfNth;

    /** @param statusOfNth what is answered to the nth delivery, from 1 */
    public WebhookReceiver(IntUnaryOperator statusOfNth) {
        this(statusOfNth, 0);
    }

    /** @param port where another one was that is down */
    public WebhookReceiver(IntUnaryOperator statusOfNth, int port) {
        this.statusOfNth = statusOfNth;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.setExecutor(threads);
        server.start();
    }

    /** Its address with a path behind it. */
    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    public List<Delivery> deliveries() {
        return deliveries;
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status;
            synchronized (this) {
                deliveries.add(new Delivery(
                        exchange.getRequestURI().toString(),
                        exchange.getRequestHeaders().getFirst("X-Halo-Id"),
                        exchange.getRequestHeaders().getFirst("X-Halo-Timestamp"),
                        exchange.getRequestHeaders().getFirst("X-Halo-Signature-256"),
                        body));
                status = statusOfNth.applyAsInt(deliveries.size());
            }
            if (status == NO_ANSWER) {
                closed.await();
            } else {
                exchange.sendResponseHeaders(status, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
