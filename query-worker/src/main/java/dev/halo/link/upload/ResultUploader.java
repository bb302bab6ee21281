package dev.halo.link.upload;

import com.github.luben.zstd.Zstd;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** PUTs a result that is held in memory as a whole, again and again inside the time that is left. */
public final class ResultUploader {

    private static final int ZSTD_LEVEL = 1;
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long MAX_PAUSE_MILLIS = 3_000;

    private final GatewayClient gateway;
    private final Uplink uplink;
    private final Duration attemptTimeout;

    public ResultUploader(GatewayClient gateway, Uplink uplink, Duration attemptTimeout) {
        this.gateway = gateway;
        this.uplink = uplink;
        this.attemptTimeout = attemptTimeout;
    }

    /**
     * A compressed result on its way.
     *
     * @param path below the gateway's base URL
     * @param createdAt of the query
     * @param size bytes of JSON before compression
     * @param body a zstd frame of the rows' array
     */
    public record Whole(String path, UUID queryId, Instant createdAt, long rows, long size, byte[] body) {

        /** Compresses a result. */
        public static Whole of(String path, UUID queryId, Instant createdAt, long rows, byte[] json) {
            return new Whole(path, queryId, createdAt, rows, json.length, Zstd.compress(json, ZSTD_LEVEL));
        }

        /** Never the rows. */
        @Override
        public String toString() {
            return "Whole[" + queryId + "]";
        }
    }

    /**
     * Stores a result that a caller waits for: pages of asyncs let it go first. Blocks.
     *
     * @param deadlineNanos of the monotonic clock
     * @return whether a gateway has it
     */
    public boolean uploadAwaited(Whole result, long deadlineNanos) throws InterruptedException {
        uplink.urgentBegins();
        try {
            return upload(result, deadlineNanos);
        } finally {
            uplink.urgentEnds();
        }
    }

    /**
     * Stores a result. Blocks.
     *
     * @param deadlineNanos of the monotonic clock
     * @return whether a gateway has it
     */
    public boolean upload(Whole result, long deadlineNanos) throws InterruptedException {
        Part part = new Part(
                result.path(),
                result.queryId(),
                result.createdAt(),
                0,
                result.rows(),
                result.size(),
                HexFormat.of().formatHex(Part.newDigest().digest(result.body())));
        for (int attempt = 0; ; attempt++) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            Duration timeout = Duration.ofMillis(Math.min(left, attemptTimeout.toMillis()));
            Answer answer = gateway.put(part, BodyPublishers.ofByteArray(result.body()), timeout, cancel -> {});
            if (!(answer instanceof Answer.Later later)) {
                return answer instanceof Answer.Stored;
            }
            long pause = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 4));
            long jittered = ThreadLocalRandom.current().nextLong(pause) + 1;
            TimeUnit.MILLISECONDS.sleep(
                    Math.min(left, Math.max(jittered, later.notBefore().toMillis())));
        }
    }
}
