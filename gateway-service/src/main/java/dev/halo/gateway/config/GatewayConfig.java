package dev.halo.gateway.config;

import dev.halo.protocol.site.Environment;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Configuration of the gateway. */
@ConfigMapping(prefix = "halo.gateway")
public interface GatewayConfig {

    /** The environment that this deployment is: {@code stage} or {@code production}. Keys of the other one are refused. */
    @WithDefault("production")
    Environment environment();

    /** The number of this instance, unique among the gateways: the ordinal of its StatefulSet. */
    @WithDefault("0")
    @Min(0)
    @Max(31)
    int slot();

    /** The Database ID that all developer licences of Zedmed share; the exchange refuses it. */
    @WithDefault("DEVELOPER")
    @NotBlank
    String sharedDeveloperId();

    /** The registry's public key for Link tokens: EC P-256 in PEM, or the bare base64 of its body. */
    @NotBlank
    String linkTokenPublicKey();

    /**
     * CIDR blocks of the proxies in front of the gateway. Only from them is {@code X-Forwarded-For} believed; without
     * any, the caller's address is that of the connection.
     */
    Optional<List<String>> trustedProxies();

    /** How long an answer from memory may wait for the views to catch up before it says 401, 403 or 404. */
    @WithDefault("300ms")
    Duration catchUp();

    /** How requests without a valid key are treated. */
    Authentication authentication();

    /** Immediate queries. */
    Immediate immediate();

    /** Results that Links upload. */
    Pages pages();

    /** The records of immediate queries. */
    Records records();

    /** The registry, which is asked to pair. */
    Registry registry();

    /** The PostgreSQL database; the gateway keeps to the schema {@code gateway} in it. */
    Database database();

    /** The PostgreSQL database. */
    interface Database {

        /** Its host. */
        @WithDefault("localhost")
        @NotBlank
        String host();

        /** Its port. */
        @WithDefault("5432")
        @Min(1)
        @Max(65535)
        int port();

        /** The database's name. */
        @WithDefault("halo_gateway")
        @NotBlank
        String name();

        /** The user, who may create the schema or owns it. */
        @WithDefault("halo_gateway")
        @NotBlank
        String username();

        /** The user's password. */
        Optional<String> password();
    }

    /** Requests without a valid key. */
    interface Authentication {

        /** Failed attempts of one address per minute; beyond it the answer is 429. */
        @WithDefault("300")
        @Min(1)
        int failuresPerMinute();

        /** Addresses whose failures are counted at the same time; the ones not seen for longest are forgotten. */
        @WithDefault("20000")
        @Min(1)
        int trackedAddresses();
    }

    /** Immediate queries. */
    interface Immediate {

        /** Immediates that wait at the same time; beyond it the answer is 503. Each may hold 256 KiB of result. */
        @WithDefault("1000")
        @Min(1)
        int maxPending();

        /** Immediates of one site that wait at the same time; beyond it the answer is 503. */
        @WithDefault("200")
        @Min(1)
        int maxPendingPerSite();

        /** How long an immediate waits for a site whose Link is between two sessions. */
        @WithDefault("5s")
        Duration parking();

        /** Immediates that wait so at the same time; beyond it the answer is 503. */
        @WithDefault("500")
        @Min(0)
        int maxParked();

        /** How long the outcome of a query may still come after its session was lost. */
        @WithDefault("5s")
        Duration lostSessionGrace();

        /** What the statement may take at the Link. */
        @WithDefault("60s")
        Duration executionLimit();

        /** What the way there and back may take on top. */
        @WithDefault("5s")
        Duration transportMargin();
    }

    /** Results that Links upload. */
    interface Pages {

        /** Bytes of uploaded results that are in memory at the same time; beyond it an upload is answered 503. */
        @WithDefault("128M")
        MemorySize maxUploadMemory();

        /** Bytes of stored results that are on their way to integrators at the same time. */
        @WithDefault("64M")
        MemorySize maxDownloadMemory();

        /** How long an answer waits for its share of that memory. */
        @WithDefault("10s")
        Duration downloadWait();

        /** How long the database may take to store or give a page. */
        @WithDefault("20s")
        Duration storeTimeout();

        /** How long a page is kept that nobody fetches, from its query's creation on. */
        @WithDefault("36h")
        Duration retention();

        /** How far ahead partitions are made. */
        @WithDefault("3h")
        Duration partitionsAhead();

        /** How often partitions are made and dropped. */
        @WithDefault("10m")
        Duration maintenance();
    }

    /** The records of immediate queries, written behind their answers. */
    interface Records {

        /** Records that wait to be written; beyond it new ones are not kept, and counted. */
        @WithDefault("20000")
        @Min(1)
        int maxWaiting();

        /** Records written in one statement. */
        @WithDefault("200")
        @Min(1)
        @Max(1000)
        int batch();

        /** How often what waits is written. */
        @WithDefault("50ms")
        Duration interval();

        /** How long a 504 waits for its record to be written. */
        @WithDefault("2s")
        Duration writeBeforeAnswer();

        /** How long the database may take. */
        @WithDefault("5s")
        Duration storeTimeout();

        /** How long a query can be looked up. */
        @WithDefault("7d")
        Duration retention();
    }

    /** The registry. */
    interface Registry {

        /** Its base URL. */
        @WithDefault("http://localhost:8081")
        @NotBlank
        String url();

        /** The bearer token with the role {@code service}, where it is not got from {@link #tokenUrl()}. */
        Optional<String> token();

        /** Where the issuer gives tokens for client credentials; https in production. */
        Optional<String> tokenUrl();

        /** The gateway's own client at the issuer, which has the role {@code service}. */
        Optional<String> clientId();

        /** Its secret. */
        Optional<String> clientSecret();

        /** How long it may take to answer. */
        @WithDefault("10s")
        Duration timeout();
    }
}
