package dev.halo.link.firebird;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;

/** How the Link connects to the practice's Firebird servers. */
@ConfigMapping(prefix = "halo.link.firebird")
public interface FirebirdConfig {

    /** Port of a connection form that names none. */
    @WithDefault("3050")
    @Min(1)
    @Max(65_535)
    int defaultPort();

    /** Authentication plugins in the order in which they are tried; a server of old settings needs Legacy_Auth as well. */
    @WithDefault("Srp256,Srp,Legacy_Auth")
    String authPlugins();

    /** Encryption of the connection: ENABLED where the server can do it, REQUIRED, or DISABLED. */
    @WithDefault("ENABLED")
    @NotNull
    WireCrypt wireCrypt();

    /** How long opening a connection may take. */
    @WithDefault("10S")
    @NotNull
    Duration connectTimeout();

    /** Character set of text in columns and databases that declare none (NONE). */
    @WithDefault("windows-1252")
    @NotNull
    Charset undeclaredCharset();

    /** Firebird protocol versions beyond the driver's own choice, such as {@code *} for servers older than 3.0. */
    Optional<String> enableProtocol();

    /** Connections that integrators' queries may hold open at the same time, over all databases. */
    @WithDefault("48")
    @Min(1)
    @Max(1_000)
    int maxConnections();

    /** How long a query waits for one of these connections before it is refused. */
    @WithDefault("5S")
    @NotNull
    Duration acquireTimeout();

    /** Age at which an idle connection is closed: an open one does not notice that a right was revoked. */
    @WithDefault("10S")
    @NotNull
    Duration maxLifetime();

    /** How long a site's Database ID and licence count as verified when a connection is opened. */
    @WithDefault("60S")
    @NotNull
    Duration siteVerification();

    /** Time between two fresh logins that check, while a statement runs, whether its user still may. */
    @WithDefault("10S")
    @NotNull
    Duration loginCheck();

    /** Encryption of a connection to Firebird. */
    enum WireCrypt {
        DISABLED,
        ENABLED,
        REQUIRED
    }
}
