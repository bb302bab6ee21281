package dev.halo.systemtests.client;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A request that is under way. */
public final class PendingAnswer {

    private final CompletableFuture<HttpResponse<byte[]>> exchange;
    private final Function<HttpResponse<byte[]>, Answer> reader;

    PendingAnswer(CompletableFuture<HttpResponse<byte[]>> exchange, Function<HttpResponse<byte[]>, Answer> reader) {
        this.exchange = exchange;
        this.reader = reader;
    }

    /** Waits for the answer, within the client's own time-out. */
    public Answer await() {
        return reader.apply(exchange.join());
    }

    public boolean isDone() {
        return exchange.isDone();
    }

    /** Closes the connection without waiting for the answer, as a caller does who has lost patience. */
    public void hangUp() {
        exchange.cancel(true);
    }
}
