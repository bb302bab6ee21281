package dev.halo.gateway.pairing;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.ClientWebApplicationException;

/** Has the registry pair an integrator with a site. */
@ApplicationScoped
public class Pairings {

    private static final Logger LOG = Logger.getLogger(Pairings.class);

    private final RegistryApi registry;
    private final ServiceToken token;
    private final Duration timeout;

    public Pairings(@RestClient RegistryApi registry, ServiceToken token, GatewayConfig config) {
        this.registry = registry;
        this.token = token;
        this.timeout = config.registry().timeout();
    }

    /**
     * Pairs; pairing again changes nothing.
     *
     * @return fails with the {@link Refusal} to answer: 404 or 403 where the registry says so, else 502
     */
    public Uni<Void> pair(UUID integratorId, UUID siteId) {
        return token.authorization()
                .chain(authorization ->
                        registry.pair(authorization, new RegistryApi.PairingRequest(integratorId, siteId)))
                .ifNoItem()
                .after(timeout)
                .fail()
                .onItem()
                .<Void>transformToUni(response -> response.getStatus() / 100 == 2
                        ? Uni.createFrom().voidItem()
                        : Uni.createFrom().failure(refused(response.getStatus())))
                .onFailure(failure -> !(failure instanceof Refusal))
                .transform(this::refused);
    }

    private Throwable refused(Throwable failure) {
        if (failure instanceof ClientWebApplicationException answer) {
            return refused(answer.getResponse().getStatus());
        }
        if (failure instanceof WebApplicationException answer) {
            return refused(answer.getResponse().getStatus());
        }
        LOG.warnf("event=pairingFailed error=%s", failure.getClass().getSimpleName());
        return badGateway();
    }

    private Refusal refused(int status) {
        return switch (status) {
            case 404 -> Refusal.notFound("There is no site to pair with any more.");
            case 409 ->
                Refusal.forbidden(
                        "The practice cannot be paired with: it has not enabled this integrator, or its site is not in use.");
            default -> {
                if (status == 401) {
                    token.refused();
                }
                LOG.warnf("event=pairingFailed status=%d", status);
                yield badGateway();
            }
        };
    }

    private static Refusal badGateway() {
        return Refusal.of(
                Reason.BAD_GATEWAY,
                "The pairing could not be made: the other side did not answer as it should. Try again later.");
    }
}
