package dev.halo.gateway.body;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Writes {@link Pieces} one after the other. */
@Provider
public class PiecesWriter implements ServerMessageBodyWriter<Pieces> {

    @Override
    public boolean isWriteable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo target, MediaType mediaType) {
        return Pieces.class.isAssignableFrom(type);
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return Pieces.class.isAssignableFrom(type);
    }

    @Override
    public void writeResponse(Pieces body, Type genericType, ServerRequestContext context) {
        ServerHttpResponse response = context.serverResponse();
        if (body.length() == Pieces.UNKNOWN) {
            response.setChunked(true);
        } else {
            response.setResponseHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(body.length()));
        }
        ResteasyReactiveRequestContext request = (ResteasyReactiveRequestContext) context;
        request.suspend();
        new PiecePump(body, response, request).start();
    }

    /** Only reached if the body is written outside of a request, which nothing does. */
    @Override
    public void writeTo(
            Pieces body,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        try (body) {
            for (byte[] piece = body.next(); piece != null; piece = body.next()) {
                out.write(piece);
            }
        }
    }
}
