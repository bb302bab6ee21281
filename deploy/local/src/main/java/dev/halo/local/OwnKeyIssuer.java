package dev.halo.local;

import dev.halo.local.DemoFacts.IntegratorFacts;
import dev.halo.local.DemoFacts.IssuerFacts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The launcher signs tokens itself, with the suite's own key. */
final class OwnKeyIssuer implements TokenIssuer {

    private static final Duration OPERATOR_TOKEN = Duration.ofDays(30);
    private static final Duration SERVICE_TOKEN = Duration.ofDays(90);

    private final SuiteKeys keys;
    private final OperatorTokens tokens;

    OwnKeyIssuer(SuiteKeys keys) {
        this.keys = keys;
        this.tokens = new OperatorTokens(keys.operatorPrivate());
    }

    @Override
    public Map<String, String> checking() {
        return Map.of(
                "quarkus.oidc.public-key", keys.operatorPublic(), "quarkus.oidc.client-id", OperatorTokens.AUDIENCE);
    }

    @Override
    public Map<String, String> gateway() {
        return Map.of("halo.gateway.registry.token", tokens.issue("gateway-service", "service", SERVICE_TOKEN));
    }

    @Override
    public void start() {
        // The key is there.
    }

    @Override
    public String operatorToken() {
        return tokens.issue("operator@halo.local", "operator", OPERATOR_TOKEN);
    }

    @Override
    public Optional<IssuerFacts> admit(IntegratorFacts integrator) {
        return Optional.empty();
    }

    @Override
    public void close() {
        // Nothing runs.
    }
}
