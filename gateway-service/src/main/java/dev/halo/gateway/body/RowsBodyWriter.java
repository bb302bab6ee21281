package dev.halo.gateway.body;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Base64;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Writes {@link RowsBody}. A small body is one write; a large one goes out in pieces, the next when the one before has
 * left, so that no more than one piece per answer is in memory and the event loop is never held for long.
 */
@Provider
public class RowsBodyWriter implements ServerMessageBodyWriter<RowsBody> {

    /** Bytes of rows in a piece; divisible by three, so that pieces of base64 join without padding. */
    static final int PIECE = 48 * 1024;

    private static final int ONE_WRITE = 64 * 1024;

    @Override
    public boolean isWriteable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo target, MediaType mediaType) {
        return RowsBody.class.isAssignableFrom(type);
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return RowsBody.class.isAssignableFrom(type);
    }

    @Override
    public void writeResponse(RowsBody body, Type genericType, ServerRequestContext context) throws IOException {
        ServerHttpResponse response = context.serverResponse();
        response.setResponseHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(body.length()));
        if (body.length() <= ONE_WRITE) {
            try (RowSource rows = body.rows()) {
                response.end(whole(body, rows));
            }
            return;
        }
        ResteasyReactiveRequestContext request = (ResteasyReactiveRequestContext) context;
        request.suspend();
        new PiecePump(new Base64Pieces(body), response, request).start();
    }

    /** Only reached if the body is written outside of a request, which nothing does. */
    @Override
    public void writeTo(
            RowsBody body,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        out.write(body.before());
        try (RowSource rows = body.rows()) {
            byte[] piece = new byte[PIECE];
            for (int length = rows.read(piece); length > 0; length = rows.read(piece)) {
                out.write(base64(piece, length));
            }
        }
        out.write(body.after());
    }

    private static byte[] whole(RowsBody body, RowSource rows) throws IOException {
        byte[] raw = new byte[Math.toIntExact(rows.size())];
        int length = rows.read(raw);
        if (length != raw.length) {
            throw new IOException("the rows end early");
        }
        byte[] encoded = Base64.getEncoder().encode(raw);
        byte[] all = Arrays.copyOf(body.before(), body.before().length + encoded.length + body.after().length);
        System.arraycopy(encoded, 0, all, body.before().length, encoded.length);
        System.arraycopy(body.after(), 0, all, body.before().length + encoded.length, body.after().length);
        return all;
    }

    private static byte[] base64(byte[] piece, int length) {
        return Base64.getEncoder().encode(length == piece.length ? piece : Arrays.copyOf(piece, length));
    }

    /** The whole body in pieces. */
    private static final class Base64Pieces implements Pieces {

        private final RowsBody body;
        private final byte[] piece = new byte[PIECE];
        private long left;
        private boolean begun;
        private boolean done;

        private Base64Pieces(RowsBody body) {
            this.body = body;
            this.left = body.rows().size();
        }

        @Override
        public long length() {
            return body.length();
        }

        @Override
        public byte[] next() throws IOException {
            if (!begun) {
                begun = true;
                return body.before();
            }
            int length = body.rows().read(piece);
            left -= length;
            if (length > 0 && left >= 0) {
                return base64(piece, length);
            }
            if (left != 0) {
                throw new IOException("the rows are not as long as they should be");
            }
            if (done) {
                return null;
            }
            done = true;
            return body.after();
        }

        @Override
        public void close() {
            body.rows().close();
        }
    }
}
