package dev.halo.gateway.auth;

import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.UUID;

/**
 * Who calls: an integrator that has been recognised and may call from where it calls.
 *
 * @param integratorId its id
 * @param tier names its limits; null: the default tier
 */
public record Caller(UUID integratorId, String tier) {

    private static final String PROPERTY = "halo.caller";

    /**
     * The caller of a request.
     *
     * @throws Refusal 401 if the request went past the filter: a path that only looks different must not be a way in
     */
    public static Caller of(ContainerRequestContext request) {
        if (request.getProperty(PROPERTY) instanceof Caller caller) {
            return caller;
        }
        throw Refusal.of(Reason.UNAUTHENTICATED, "The request was not authenticated.");
    }

    /** Leaves it on a request, for {@link #of}. */
    public void leaveOn(ContainerRequestContext request) {
        request.setProperty(PROPERTY, this);
    }
}
