package dev.halo.link.query;

import com.github.luben.zstd.Zstd;
import dev.halo.link.config.CloudUrls;
import dev.halo.link.identity.CredentialStore;
import dev.halo.link.identity.Credentials;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.QueryRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** PUTs a result to a gateway, again and again inside the time that is left. */
public final class ResultUploader {

    private static final Logger LOG = Logger.getLogger(ResultUploader.class);
    private static final int ZSTD_LEVEL = 1;
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long MAX_PAUSE_MILLIS = 3_000;

    private final HttpClient http;
    private final Optional<URI> base;
    private final CredentialStore credentials;
    private final Duration attemptTimeout;

    public ResultUploader(HttpClient http, CloudUrls urls, CredentialStore credentials, QueryConfig config) {
        this.http = http;
        this.base = urls.upload();
        this.credentials = credentials;
        this.attemptTimeout = config.uploadTimeout();
    }

    /** Whether one attempt is worth another one. */
    private enum Attempt {
        DONE,
        FAILED,
        REFUSED
    }

    /**
     * Stores the first page of a result. Blocks.
     *
     * @param json the rows' array
     * @param deadlineNanos of the monotonic clock
     * @return whether a gateway has it
     */
    boolean upload(QueryRequest query, byte[] json, long rows, long deadlineNanos) throws InterruptedException {
        Optional<Credentials> current = credentials.current();
        if (base.isEmpty() || current.isEmpty()) {
            return false;
        }
        byte[] body = Zstd.compress(json, ZSTD_LEVEL);
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        CloudUrls.resolve(base.get(), LinkApi.pagePath(query.queryId(), 1)))
                .header("Authorization", "Bearer " + current.get().token())
                .header("Content-Type", "application/zstd")
                .header(LinkApi.HEADER_ROWS, Long.toString(rows))
                .header(LinkApi.HEADER_FIRST_ROW, "0")
                .header(LinkApi.HEADER_SIZE, Integer.toString(json.length))
                .header(LinkApi.HEADER_SHA256, sha256(body))
                .header(LinkApi.HEADER_CREATED_AT, query.createdAt().toString())
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body));
        for (int attempt = 0; ; attempt++) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            Duration timeout = Duration.ofMillis(Math.min(left, attemptTimeout.toMillis()));
            Attempt outcome = attempt(request.timeout(timeout).build(), query);
            if (outcome != Attempt.FAILED) {
                return outcome == Attempt.DONE;
            }
            long pause = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 4));
            TimeUnit.MILLISECONDS.sleep(
                    Math.min(left, ThreadLocalRandom.current().nextLong(pause) + 1));
        }
    }

    private Attempt attempt(HttpRequest request, QueryRequest query) throws InterruptedException {
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status / 100 == 2) {
                return Attempt.DONE;
            }
            LOG.warnf("event=upload_refused query=%s status=%d", query.queryId(), status);
            return status >= 500 || status == 429 || status == 408 ? Attempt.FAILED : Attempt.REFUSED;
        } catch (IOException e) {
            LOG.warnf(
                    "event=upload_failed query=%s reason=%s",
                    query.queryId(), e.getClass().getSimpleName());
            return Attempt.FAILED;
        }
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java", e);
        }
    }
}
