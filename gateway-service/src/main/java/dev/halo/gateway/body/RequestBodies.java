package dev.halo.gateway.body;

import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads request bodies within a bound of their own, after the checks that come before them. */
public final class RequestBodies {

    private RequestBodies() {}

    /**
     * The whole body.
     *
     * @param max bytes; beyond it nothing more is kept
     * @return completes in the request's thread; fails with {@link Refusal} 413
     */
    public static CompletionStage<byte[]> read(HttpServerRequest request, int max) {
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        if (declaredLength(request) > max) {
            body.completeExceptionally(tooLarge(max));
            return body;
        }
        if (request.isEnded()) {
            body.complete(new byte[0]);
            return body;
        }
        Buffer collected = Buffer.buffer();
        request.exceptionHandler(body::completeExceptionally);
        request.handler(piece -> {
            if (body.isDone()) {
                return;
            }
            if (collected.length() + piece.length() > max) {
                body.completeExceptionally(tooLarge(max));
            } else {
                collected.appendBuffer(piece);
            }
        });
        request.endHandler(end -> body.complete(collected.getBytes()));
        // The framework holds every request until somebody says that its body is wanted.
        request.resume();
        return body;
    }

    private static long declaredLength(HttpServerRequest request) {
        String declared = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return declared == null ? 0 : Long.parseLong(declared);
        } catch (NumberFormatException e) {
            throw Refusal.invalid("The header Content-Length must be a number.");
        }
    }

    private static Refusal tooLarge(int max) {
        return Refusal.of(Reason.TOO_LARGE, "The body must have at most " + max + " bytes.");
    }
}
