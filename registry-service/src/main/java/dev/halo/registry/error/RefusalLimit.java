package dev.halo.registry.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.registry.config.RegistryConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Slows those down who try credentials: after so many 401s an address gets 429 until the window has passed. It stands before
 * everything that checks credentials, of people, services and Links alike. Health and metrics are left alone.
 */
@ApplicationScoped
public class RefusalLimit {

    private static final int BEFORE_AUTHENTICATION = 900;
    private static final String MANAGEMENT = "/q/";

    private final RefusalCounter counter;
    private final byte[] answer;

    public RefusalLimit(RegistryConfig config, ObjectMapper mapper) {
        RegistryConfig.Refusals refusals = config.refusals();
        this.counter =
                new RefusalCounter(refusals.perAddress(), refusals.window(), refusals.addresses(), System::nanoTime);
        try {
            this.answer = mapper.writeValueAsBytes(
                    ErrorEnvelope.of(Status.TOO_MANY_REQUESTS, "Too many refused calls from this address."));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, BEFORE_AUTHENTICATION);
    }

    private void check(RoutingContext context) {
        if (context.request().path().startsWith(MANAGEMENT)) {
            context.next();
            return;
        }
        String address = address(context.request());
        Optional<Duration> wait = counter.wait(address);
        if (wait.isPresent()) {
            refuse(context, wait.get());
            return;
        }
        context.addEndHandler(end -> {
            if (context.response().getStatusCode() == Status.UNAUTHORIZED.getStatusCode()) {
                counter.refused(address);
            }
        });
        context.next();
    }

    private void refuse(RoutingContext context, Duration wait) {
        context.response()
                .setStatusCode(Status.TOO_MANY_REQUESTS.getStatusCode())
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .putHeader(
                        HttpHeaders.RETRY_AFTER,
                        Long.toString(wait.plusMillis(999).toSeconds()))
                .end(Buffer.buffer(answer));
    }

    private static String address(HttpServerRequest request) {
        SocketAddress address = request.remoteAddress();
        return address == null || address.hostAddress() == null ? "unknown" : address.hostAddress();
    }
}
