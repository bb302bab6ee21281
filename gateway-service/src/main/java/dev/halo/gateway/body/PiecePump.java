package dev.halo.gateway.body;

import java.io.IOException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;

/**
 * A body on its way out: the next piece is made when the one before has left, so that no more than one per answer is in
 * memory. Every step runs in the request's event loop.
 */
final class PiecePump {

    private static final Logger LOG = Logger.getLogger(PiecePump.class);

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
        next();
    }

    private void next() {
        try {
            byte[] piece = pieces.next();
            if (piece == null) {
                response.end();
                finish();
            } else {
                write(piece);
            }
        } catch (IOException e) {
            // The status has been sent: all that is left is not to let the answer look complete.
            LOG.errorf("event=resultBroken error=%s", e.getClass().getSimpleName());
            response.reset();
            finish();
        }
    }

    private void write(byte[] piece) {
        response.write(piece).whenComplete((written, failure) -> {
            if (failure != null) {
                finish();
            } else {
                next();
            }
        });
    }

    private void finish() {
        pieces.close();
        request.resume();
    }
}
