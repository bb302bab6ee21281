package dev.halo.gateway.webhook;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * Posts to receivers. The name is looked up for each attempt, its addresses are checked, and the connection goes to the
 * very address that was checked; TLS is still held to the name. Redirects are answers like any other, and nothing of a
 * connection is used again.
 */
final class WebhookClient implements AutoCloseable {

    /** Looks a name up, as {@link InetAddress#getAllByName} does. */
    @FunctionalInterface
    interface Names {
        InetAddress[] lookUp(String host) throws UnknownHostException;
    }

    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    private final Vertx vertx;
    private final HttpClient http;
    private final Names names;
    private final TargetAddresses targets;
    private final Duration timeout;
    private final long maxResponse;
    private final ThreadPoolExecutor lookUps;

    /** @param maxResponse bytes that are read of an answer's body */
    WebhookClient(
            Vertx vertx, Names names, TargetAddresses targets, Duration timeout, int maxConcurrent, long maxResponse) {
        this.vertx = vertx;
        this.names = names;
        this.targets = targets;
        this.timeout = timeout;
        this.maxResponse = maxResponse;
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(false)
                .setMaxPoolSize(maxConcurrent)
                .setConnectTimeout(Math.toIntExact(timeout.toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(timeout.toMillis()))
                .setVerifyHost(true));
        AtomicInteger number = new AtomicInteger();
        // Looking a name up blocks and cannot be interrupted; what hangs longer than its attempt keeps its thread.
        this.lookUps =
                new ThreadPoolExecutor(0, 2 * maxConcurrent, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "webhook-names-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Posts a body.
     *
     * @param url whose scheme has been checked
     * @param turn which of the name's addresses is used: another one each time
     * @return never fails
     */
    CompletionStage<Attempt> post(URI url, Map<String, String> headers, byte[] body, int turn) {
        CompletableFuture<Attempt> end = new CompletableFuture<>();
        CompletableFuture<HttpClientRequest> request = new CompletableFuture<>();
        lookUp(url, turn).whenComplete((address, failure) -> {
            if (failure != null) {
                end.completeExceptionally(failure);
            } else if (!end.isDone()) {
                connect(url, address, request);
            }
        });
        request.whenComplete((open, failure) -> {
            if (failure != null) {
                end.completeExceptionally(failure);
            } else if (end.isDone()) {
                // Its time was over before the connection was there.
                open.reset();
            } else {
                send(open, headers, body, end);
            }
        });
        return end.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).exceptionally(failure -> {
            request.thenAccept(HttpClientRequest::reset);
            return failed(failure);
        });
    }

    private CompletionStage<InetAddress> lookUp(URI url, int turn) {
        CompletableFuture<InetAddress> found = new CompletableFuture<>();
        try {
            lookUps.execute(() -> {
                try {
                    List<InetAddress> all = List.of(names.lookUp(url.getHost()));
                    if (all.stream().allMatch(targets::allows)) {
                        found.complete(all.get(turn % all.size()));
                    } else {
                        found.completeExceptionally(new NotAllowed());
                    }
                } catch (UnknownHostException | RuntimeException e) {
                    found.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            found.completeExceptionally(e);
        }
        return found;
    }

    private void connect(URI url, InetAddress address, CompletableFuture<HttpClientRequest> request) {
        boolean tls = url.getScheme().equalsIgnoreCase("https");
        int port = url.getPort() > 0 ? url.getPort() : tls ? HTTPS : HTTP;
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                .setHost(url.getHost())
                .setPort(port)
                .setSsl(tls)
                .setFollowRedirects(false)
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery());
        http.request(options).onComplete(made -> {
            if (made.succeeded()) {
                request.complete(made.result());
            } else {
                request.completeExceptionally(made.cause());
            }
        });
    }

    private void send(
            HttpClientRequest request, Map<String, String> headers, byte[] body, CompletableFuture<Attempt> end) {
        headers.forEach(request::putHeader);
        request.response().onComplete(answered -> {
            if (answered.succeeded()) {
                int status = answered.result().statusCode();
                discard(answered.result(), request);
                end.complete(Attempt.answered(status));
            } else {
                end.completeExceptionally(answered.cause());
            }
        });
        request.send(Buffer.buffer(body));
    }

    /** Reads what a polite receiver says, and no more, for no longer than an attempt may take. */
    private void discard(HttpClientResponse response, HttpClientRequest request) {
        long[] read = {0};
        long timer = vertx.setTimer(timeout.toMillis(), late -> request.reset());
        response.endHandler(end -> vertx.cancelTimer(timer));
        response.exceptionHandler(failure -> {
            vertx.cancelTimer(timer);
            request.reset();
        });
        response.handler(piece -> {
            read[0] += piece.length();
            if (read[0] > maxResponse) {
                request.reset();
            }
        });
    }

    private static Attempt failed(Throwable failure) {
        Throwable cause =
                failure.getCause() != null && failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof NotAllowed) {
            return Attempt.giveUp("addressNotAllowed");
        }
        if (cause instanceof TimeoutException) {
            return Attempt.retry("timeout");
        }
        if (cause instanceof UnknownHostException) {
            return Attempt.retry("nameNotFound");
        }
        return Attempt.retry(cause instanceof SSLException ? "tls" : "connection");
    }

    @Override
    public void close() {
        lookUps.shutdownNow();
        http.close();
    }

    private static final class NotAllowed extends RuntimeException {
        private NotAllowed() {
            super("the name has an address that webhooks may not go to", null, false, false);
        }
    }
}
