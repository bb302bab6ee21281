package dev.halo.local;

import dev.halo.local.DemoFacts.IntegratorFacts;
import dev.halo.local.DemoFacts.IssuerFacts;
import java.util.Map;
import java.util.Optional;

/** Where the tokens of people, services and integrators' clients come from, and how the services check them. */
sealed interface TokenIssuer extends AutoCloseable permits OwnKeyIssuer, KeycloakIssuer {

    /** Settings with which a service checks the tokens of people and other services. */
    Map<String, String> checking();

    /** What the gateway needs besides: its own tokens for the registry, and whose tokens integrators may bring. */
    Map<String, String> gateway();

    /** Makes it ready to issue; returns when it is. */
    void start();

    /** A token for the admin API with the role {@code operator}. */
    String operatorToken();

    /** Lets an integrator have tokens, where that can be done here; what there is to know of the issuer. */
    Optional<IssuerFacts> admit(IntegratorFacts integrator);

    @Override
    void close();
}
