package dev.halo.gateway.body;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;

/**
 * A body on its way out: the next piece is made when the one before has left, so that no more than one per answer is in
 * memory. Every step runs in the request's event loop.
 */
final class PiecePump {

    private static final Logger LOG = Logger.getLogger(PiecePump.class);

    /** Pieces that are written before other requests of the event loop have their turn. */
    private static final int TURN = 8;

    private final Pieces pieces;
    private final ServerHttpResponse response;
    private final ResteasyReactiveRequestContext request;

    /** @param request suspended already */
    PiecePump(Pieces pieces, ServerHttpResponse response, ResteasyReactiveRequestContext request) {
        this.pieces = pieces;
        this.response = response;
        this.request = request;
    }

    void start() {
        pump();
    }

    /** In a loop for as long as pieces leave at once, so that no stack grows; now and then others have their turn. */
    private void pump() {
        for (int given = 0; given < TURN; given++) {
            byte[] piece = next();
            if (piece == null) {
                return;
            }
            CompletableFuture<Void> written = response.write(piece).toCompletableFuture();
            if (!written.isDone()) {
                written.whenComplete((done, failure) -> goOn(failure));
                return;
            }
            if (written.isCompletedExceptionally()) {
                finish();
                return;
            }
        }
        Context loop = Vertx.currentContext();
        if (loop == null) {
            pump();
        } else {
            loop.runOnContext(turn -> pump());
        }
    }

    private void goOn(Throwable failure) {
        if (failure != null) {
            finish();
        } else {
            pump();
        }
    }

    /** Null where there is nothing more to be written. */
    private byte[] next() {
        try {
            byte[] piece = pieces.next();
            if (piece == null) {
                response.end();
                finish();
            }
            return piece;
        } catch (IOException e) {
            // The status has been sent: all that is left is not to let the answer look complete.
            LOG.errorf("event=resultBroken error=%s", e.getClass().getSimpleName());
            response.reset();
            finish();
            return null;
        }
    }

    private void finish() {
        pieces.close();
        request.resume();
    }
}
