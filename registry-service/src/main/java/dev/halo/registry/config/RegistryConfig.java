package dev.halo.registry.config;

import dev.halo.protocol.site.Environment;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** What an operator sets for the registry. */
@ConfigMapping(prefix = "halo.registry")
public interface RegistryConfig {

    /** Which environment this deployment serves; its database is bound to it at the first start. */
    @WithDefault("production")
    Environment environment();

    /** Signs the Links' tokens: EC P-256, PKCS#8, as PEM or the bare base64 of its body. */
    @NotBlank
    String linkTokenPrivateKey();

    /** The Database ID that all developer licences share; it is refused. */
    @WithDefault("DEVELOPER")
    @NotBlank
    String sharedDeveloperId();

    /**
     * Lets a production deployment run with a locally signed or plain-http issuer. For trying the suite out, never for
     * practices' data.
     */
    @WithDefault("false")
    boolean allowLocalIssuer();

    /** An announcement that changes nothing renews a site's {@code enrichedAt} when it is older than this. */
    @WithDefault("PT30M")
    Duration enrichedAtAge();

    /** How long retired Link secrets are remembered: whoever uses one within this time is taken for a copied machine. */
    @WithDefault("P90D")
    Duration retiredSecretMemory();

    /** How many revoked keys of an integrator, the last ones, are still published so that a refusal can name them. */
    @WithDefault("20")
    @Min(0)
    @Max(200)
    int publishedRevokedKeys();

    /**
     * Seals the secrets that are stored and published: base64 of 32 bytes, the same as the gateways'
     * {@code halo.gateway.webhooks.at-rest-key}. Without it no webhooks can be set.
     */
    Optional<String> atRestKey();

    /** Webhooks of integrators. */
    Webhooks webhooks();

    /** Switches of authority. */
    Authority authority();

    /** Where PostgreSQL is. */
    Database database();

    /** Enrolment tokens. */
    Enrolment enrolment();

    /** How changes reach Kafka. */
    Outbox outbox();

    /** Refused calls of the Links' API. */
    Refusals refusals();

    /** The registry's own database; its tables are in the schema {@code registry}. */
    interface Database {
        /** Host name or address. */
        @WithDefault("127.0.0.1")
        String host();

        /** TCP port. */
        @WithDefault("5432")
        @Min(1)
        @Max(65535)
        int port();

        /** Name of the database. */
        @WithDefault("halo_registry")
        String name();

        /** Who owns the schema. */
        @WithDefault("halo")
        String user();

        /** That user's password. */
        @WithDefault("halo")
        String password();

        /** TLS to PostgreSQL, in libpq's words. */
        @WithDefault("prefer")
        @Pattern(regexp = "disable|allow|prefer|require|verify-ca|verify-full")
        String sslMode();
    }

    /** Webhooks of integrators. */
    interface Webhooks {
        /** Lets receivers be reached by plain http: on a developer's machine and on stage, never for practices' data. */
        @WithDefault("false")
        boolean allowHttp();
    }

    /** Switches of authority. */
    interface Authority {
        /**
         * How long a switch waits for the losing Link to confirm before it is answered; afterwards the switch tells
         * when it is read. From 0 to 30 s.
         */
        @WithDefault("PT3S")
        @DurationMax(seconds = 30)
        Duration confirmationWait();

        /** Switches that wait for a confirmation at a time; further ones are answered without waiting. */
        @WithDefault("100")
        @Min(0)
        @Max(10_000)
        int maxWaiting();
    }

    /** Enrolment tokens. */
    interface Enrolment {
        /** How long a token is valid where its request does not say. */
        @WithDefault("PT24H")
        Duration validFor();

        /** The longest time that a request may ask for. */
        @WithDefault("P30D")
        Duration maxValidFor();
    }

    /** How changes reach Kafka. */
    interface Outbox {
        /** How long a command waits for its records to be acknowledged before it answers 503. */
        @WithDefault("PT5S")
        Duration publishTimeout();

        /** How often the relay looks although nothing woke it. */
        @WithDefault("PT1S")
        Duration pollInterval();

        /** Records of one Kafka transaction, rounded up to whole commands. */
        @WithDefault("500")
        @Min(1)
        @Max(10_000)
        int batchSize();

        /** The longest pause after a failure of PostgreSQL or Kafka; the first is a tenth of a second. */
        @WithDefault("PT5S")
        Duration maxBackOff();

        /** How often the relay looks whether its topics are still the ones it published to, and cleans up. */
        @WithDefault("PT1M")
        Duration checkInterval();

        /** Commands that wait for an acknowledgement at a time; further ones answer 503. */
        @WithDefault("2000")
        @Min(1)
        int maxWaiting();

        /**
         * How long the comparison with the topics waits for the next of their records, at each start and after each failure;
         * it may take any time as long as records come. From 1 s.
         */
        @WithDefault("PT30S")
        @DurationMin(seconds = 1)
        Duration comparisonStall();
    }

    /** Bounds for those who come with wrong credentials; whoever has valid ones always passes. */
    interface Refusals {
        /** Calls of one address (of IPv6: of one /64) answered 401 within {@link #window()}; further ones are 429. */
        @WithDefault("30")
        @Min(1)
        int perAddress();

        /** The time over which they are counted. */
        @WithDefault("PT1M")
        Duration window();

        /** Addresses that are counted at a time; the one that was quiet longest is forgotten first. */
        @WithDefault("10000")
        @Min(1)
        int addresses();
    }
}
