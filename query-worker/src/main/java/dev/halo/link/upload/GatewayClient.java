package dev.halo.link.upload;

import dev.halo.link.config.CloudUrls;
import dev.halo.link.identity.CredentialStore;
import dev.halo.link.identity.Credentials;
import dev.halo.protocol.link.LinkApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** PUTs to a gateway. An attempt may be repeated as often as wanted: a gateway keeps what it has. */
public final class GatewayClient {

    private static final Logger LOG = Logger.getLogger(GatewayClient.class);
    /** Beyond this a gateway's Retry-After is not believed. */
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(10);
    /** For an exchange whose own time-out did not act. */
    private static final long SLACK_SECONDS = 10;

    private final HttpClient http;
    private final Optional<URI> base;
    private final CredentialStore credentials;

    /** @param http closed by nobody: it lives as long as the Link */
    public GatewayClient(HttpClient http, CloudUrls urls, CredentialStore credentials) {
        this.http = http;
        this.base = urls.upload();
        this.credentials = credentials;
    }

    /**
     * One attempt. Blocks.
     *
     * @param running given a way to break the attempt off, which then ends as one that may be repeated
     */
    Answer put(Part part, BodyPublisher body, Duration timeout, Consumer<Runnable> running)
            throws InterruptedException {
        Optional<Credentials> identity = credentials.current();
        if (base.isEmpty() || identity.isEmpty()) {
            return new Answer.Later(Duration.ZERO);
        }
        HttpRequest request = HttpRequest.newBuilder(CloudUrls.resolve(base.get(), part.path()))
                .timeout(timeout)
                .header("Authorization", "Bearer " + identity.get().token())
                .header("Content-Type", "application/zstd")
                .header(LinkApi.HEADER_ROWS, Long.toString(part.rows()))
                .header(LinkApi.HEADER_FIRST_ROW, Long.toString(part.firstRow()))
                .header(LinkApi.HEADER_SIZE, Long.toString(part.size()))
                .header(LinkApi.HEADER_SHA256, part.sha256())
                .header(LinkApi.HEADER_CREATED_AT, part.createdAt().toString())
                .PUT(body)
                .build();
        CompletableFuture<HttpResponse<Void>> call = http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        running.accept(() -> call.cancel(true));
        try {
            return answer(part, call.get(timeout.toSeconds() + SLACK_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            call.cancel(true);
            throw e;
        } catch (CancellationException e) {
            return new Answer.Later(Duration.ZERO);
        } catch (ExecutionException | TimeoutException e) {
            call.cancel(true);
            Throwable reason = e.getCause() instanceof IOException ? e.getCause() : e;
            LOG.warnf(
                    "event=upload_failed query=%s reason=%s",
                    part.queryId(), reason.getClass().getSimpleName());
            return new Answer.Later(Duration.ZERO);
        }
    }

    private static Answer answer(Part part, HttpResponse<?> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return new Answer.Stored();
        }
        LOG.warnf("event=upload_refused query=%s status=%d", part.queryId(), status);
        return switch (status) {
            // The token is renewed meanwhile; the others ask for patience.
            case 401, 408, 425, 429 -> new Answer.Later(retryAfter(response));
            default -> status >= 500 ? new Answer.Later(retryAfter(response)) : new Answer.Refused(status);
        };
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        try {
            long seconds = response.headers().firstValueAsLong("Retry-After").orElse(0);
            return Duration.ofSeconds(Math.max(0, Math.min(seconds, MAX_RETRY_AFTER.toSeconds())));
        } catch (NumberFormatException e) {
            return Duration.ZERO;
        }
    }
}
