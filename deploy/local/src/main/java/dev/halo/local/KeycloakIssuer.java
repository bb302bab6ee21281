package dev.halo.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halo.embedded.EmbeddedException;
import dev.halo.embedded.EmbeddedKeycloak;
import dev.halo.local.DemoFacts.IntegratorFacts;
import dev.halo.local.DemoFacts.IssuerFacts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A real Keycloak issues the tokens, as in production; services find its keys at its own address. */
final class KeycloakIssuer implements TokenIssuer {

    private static final String GATEWAY_CLIENT = "halo-gateway-service";
    private static final String INTEGRATOR_CLIENT = "halo-integrator-a";
    private static final String TOKENS = "/realms/" + LocalRealm.NAME + "/protocol/openid-connect/token";
    private static final String CLIENTS = "/admin/realms/" + LocalRealm.NAME + "/clients";
    private static final int EXISTS = 409;

    private final LocalRealm realm;
    private final KeycloakSecrets secrets;
    private final Path instance;
    private final URI url;
    private final SuiteSettings settings;
    private volatile EmbeddedKeycloak keycloak;

    KeycloakIssuer(SuiteSettings settings, StateDirectory state) {
        this.settings = settings;
        this.realm = LocalRealm.of(settings.repository());
        this.secrets = KeycloakSecrets.loadOrCreate(state.folder("keys"));
        this.instance = state.folder("keycloak");
        this.url = loopback(settings.ports().keycloak());
    }

    @Override
    public Map<String, String> checking() {
        return Map.of("quarkus.oidc.auth-server-url", issuer().toString());
    }

    @Override
    public Map<String, String> gateway() {
        return Map.of(
                "halo.gateway.registry.token-url", url.resolve(TOKENS).toString(),
                "halo.gateway.registry.client-id", GATEWAY_CLIENT,
                "halo.gateway.registry.client-secret", secrets.gateway(),
                "halo.gateway.bearer.issuer", issuer().toString());
    }

    @Override
    public void start() {
        try {
            keycloak = EmbeddedKeycloak.start(new EmbeddedKeycloak.Spec(
                    instance,
                    settings.ports().keycloak(),
                    LocalRealm.NAME,
                    realm.importFile(),
                    LocalRealm.environment(secrets, loopback(settings.ports().registry())),
                    EmbeddedKeycloak.configuredArchive(),
                    settings.progress()));
        } catch (EmbeddedException e) {
            throw new SuiteException(e.getMessage(), e);
        }
    }

    /** Process id; it must have been started. */
    long pid() {
        return keycloak.pid();
    }

    @Override
    public String operatorToken() {
        return token(Map.of("grant_type", "password", "username", "operator", "password", secrets.people()));
    }

    private String token(Map<String, String> grant) {
        Map<String, String> form = new TreeMap<>(grant);
        form.put("client_id", LocalRealm.CLIENT);
        form.put("client_secret", secrets.local());
        HttpJson.Answer answer = new HttpJson(url, Map.of(), Duration.ofSeconds(30)).form(TOKENS, form);
        if (!answer.successful()) {
            throw new SuiteException("Keycloak gives no token (HTTP " + answer.status() + ", "
                    + answer.body().path("error_description").asText("no reason")
                    + "). Its state may be of other secrets: start afresh with --clean");
        }
        return answer.body().path("access_token").asText();
    }

    @Override
    public Optional<IssuerFacts> admit(IntegratorFacts integrator) {
        ObjectNode client = realm.integratorClient(INTEGRATOR_CLIENT, secrets.integrator(), integrator.integratorId());
        HttpJson admin = new HttpJson(
                url,
                Map.of("Authorization", "Bearer " + token(Map.of("grant_type", "client_credentials"))),
                Duration.ofSeconds(30));
        HttpJson.Answer answer = admin.post(CLIENTS, client);
        if (!answer.successful() && answer.status() != EXISTS) {
            throw new SuiteException("Keycloak refused to make the integrator's client, HTTP " + answer.status() + " "
                    + answer.body().path("errorMessage").asText(""));
        }
        return Optional.of(new IssuerFacts(
                issuer(),
                url.resolve(TOKENS),
                LocalRealm.CLIENT,
                secrets.local(),
                secrets.people(),
                INTEGRATOR_CLIENT,
                secrets.integrator()));
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private URI issuer() {
        return url.resolve("/realms/" + LocalRealm.NAME);
    }

    @Override
    public void close() {
        if (keycloak != null) {
            keycloak.close();
        }
    }
}
