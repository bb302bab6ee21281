package dev.halo.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Bearer tokens of integrators' clients, which they may send instead of a subscription key. */
@ConfigMapping(prefix = "halo.gateway.bearer")
public interface BearerConfig {

    /** Who issues them: the {@code iss} of each token, a realm's URL. Without it none is accepted. */
    Optional<String> issuer();

    /** Where the issuer's keys are (a JWK set); by default below the issuer, where Keycloak has them. */
    Optional<String> keysUrl();

    /** The issuer's only key instead: RSA in PEM or the bare base64 of its body. For developers' machines. */
    Optional<String> publicKey();

    /** What must be among each token's {@code aud}. */
    @WithDefault("halo-integrator-api")
    @NotBlank
    String audience();

    /** The claim with the integrator's id. */
    @WithDefault("halo_integrator_id")
    @NotBlank
    String claim();

    /** The integrators of clients ({@code azp}) whose tokens have no such claim. */
    Map<String, UUID> clients();

    /** How far the issuer's clock may be from this one. */
    @WithDefault("30s")
    Duration clockSkew();

    /** How often the keys are fetched again. */
    @WithDefault("10m")
    Duration refresh();

    /** The shortest time between two fetches because of a token with an unknown key. */
    @WithDefault("10s")
    Duration refreshPause();

    /** How long a fetch may take. */
    @WithDefault("5s")
    Duration timeout();
}
