package dev.halo.gateway.fake;

import dev.halo.test.key.RsaKeys;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/** Tokens as the deployment's issuer gives them, and such as it does not. */
public final class Tokens {

    /** Of integrators' tokens. */
    public static final String AUDIENCE = "halo-integrator-api";

    private Tokens() {}

    /** Of somebody who operates the deployment. */
    public static String operator(String role) {
        return Jwt.upn("alice@example.org")
                .issuer("https://issuer.example.org")
                .audience("halo-registry")
                .groups(Set.of(role))
                .sign(issuers());
    }

    /** Of an integrator's client. */
    public static String integrator(UUID integratorId) {
        return integrator(integratorId, GatewayResources.ISSUER, AUDIENCE, Duration.ofMinutes(5), issuers());
    }

    public static String integrator(UUID id, String issuer, String audience, Duration life, PrivateKey key) {
        JwtClaimsBuilder claims = Jwt.claim("halo_integrator_id", id.toString());
        return claims.issuer(issuer)
                .audience(audience)
                .claim("azp", "client")
                .expiresAt(Instant.now().plus(life))
                .sign(key);
    }

    /** The issuer's key. */
    public static PrivateKey issuers() {
        String key = ConfigProvider.getConfig().getValue(GatewayResources.OPERATORS_KEY, String.class);
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key that nobody believes. */
    public static PrivateKey strangers() {
        return RsaKeys.stranger().getPrivate();
    }
}
