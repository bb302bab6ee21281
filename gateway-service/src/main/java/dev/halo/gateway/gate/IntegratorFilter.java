package dev.halo.gateway.gate;

import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestFilter;

/**
 * Puts the {@link IntegratorGate} before all else. The framework makes filters while it is built, before there is any
 * configuration, so this one holds nothing but a proxy.
 */
@Provider
@PreMatching
public class IntegratorFilter implements ResteasyReactiveContainerRequestFilter {

    private final IntegratorGate gate;

    public IntegratorFilter(IntegratorGate gate) {
        this.gate = gate;
    }

    @Override
    public void filter(ResteasyReactiveContainerRequestContext context) {
        gate.check(context);
    }
}
