package dev.halo.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The gateway's part of the admin API; whose tokens it takes is set with {@code quarkus.oidc}. */
@ConfigMapping(prefix = "halo.gateway.admin")
public interface AdminConfig {

    /**
     * Whether there is an issuer of operators' tokens. Without one every call of the admin API is answered 401, and all
     * else works.
     */
    @WithDefault("false")
    boolean enabled();

    /**
     * Lets a production deployment run with a locally signed or plain-http issuer. For trying the suite out, never for
     * practices' data.
     */
    @WithDefault("false")
    boolean allowLocalIssuer();
}
