package dev.halo.routing.config;

import dev.halo.protocol.site.Environment;
import dev.halo.protocol.topic.Topic;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;

/** The bridge's own settings. */
@ConfigMapping(prefix = "halo.routing")
public interface RoutingConfig {

    /** The environment of this deployment; Links of the other one are refused. */
    @NotNull
    @WithDefault("production")
    Environment environment();

    /** Which slot this instance owns: the ordinal of its StatefulSet's pod. */
    @Min(0)
    @Max(Topic.SLOTS - 1)
    @WithDefault("0")
    int slot();

    /** The public key with which Link tokens are checked: PEM, or the bare base64 of its body. */
    @NotBlank
    String linkTokenPublicKey();

    /** Whether the process ends when it has lost its slot; an instance without a slot can do nothing. */
    @WithDefault("true")
    boolean exitOnSlotLoss();

    /** Pause between two attempts to start while Kafka does not answer. */
    @NotNull
    @WithDefault("5s")
    Duration startRetry();

    /** Sessions. */
    @Valid
    Session session();

    /** The order in which an instance stops. */
    @Valid
    Drain drain();

    /** Sockets refused for their token. */
    @Valid
    Unauthorised unauthorised();

    /** Records on their way to Kafka. */
    @Valid
    Publishing publishing();

    /** Bounds and times of sessions. */
    interface Session {

        /** Sockets at the most, opening ones included; above it 503. */
        @Min(1)
        @WithDefault("12000")
        int max();

        /** Sites of one Link at the most; a Link with more is refused as overloaded. */
        @Min(1)
        @WithDefault("500")
        int maxSites();

        /** From the upgrade to the first frame. */
        @NotNull
        @WithDefault("10s")
        Duration helloTimeout();

        /** From the first frame until the session is in the log; after it the Link is refused as overloaded. */
        @NotNull
        @WithDefault("15s")
        Duration openTimeout();

        /** How often the Link is told to ping. */
        @NotNull
        @WithDefault("10s")
        Duration heartbeat();

        /** A socket from which nothing came for this long is closed as lost; below 60 s. */
        @NotNull
        @WithDefault("45s")
        Duration silence();

        /** Bytes that may wait to be written to one socket; above it queries are released and replies left out. */
        @NotNull
        @WithDefault("4M")
        MemorySize maxWriteQueue();

        /** Bytes that may wait to be written to all sockets together; above it as for one socket. */
        @NotNull
        @WithDefault("128M")
        MemorySize maxWriteTotal();

        /** A socket that stays above {@link #maxWriteQueue()} for this long is closed as lost. */
        @NotNull
        @WithDefault("10s")
        Duration congestion();

        /** Bytes of one message from a Link; above it the socket is closed. */
        @NotNull
        @WithDefault("2M")
        MemorySize maxMessage();

        /** Unfinished immediates of one site at the most, and as many asyncs, however much credit the Link gives. */
        @Min(1)
        @WithDefault("1000")
        int maxCredit();

        /** Unfinished queries of one session at the most, half of them asyncs; above it queries are released. */
        @Min(1)
        @WithDefault("20000")
        int maxUnfinished();

        /**
         * How long after its time in the queue a query counts as unfinished at the most, so that an outcome that never
         * comes does not use up credit for ever.
         */
        @NotNull
        @WithDefault("15m")
        Duration unfinishedGrace();

        /** What a superseded Link is told to wait: the installation runs twice. */
        @NotNull
        @WithDefault("60s")
        Duration supersededRetry();

        /** What a Link is told to wait that this bridge cannot take now. */
        @NotNull
        @WithDefault("5s")
        Duration overloadedRetry();

        /** What a suspended or removed Link, or one of the other environment, is told to wait. */
        @NotNull
        @WithDefault("10m")
        Duration refusedRetry();

        /** A Link's clock that is off by more is reported. */
        @NotNull
        @WithDefault("60s")
        Duration clockWarning();

        /** How often times are checked. */
        @NotNull
        @WithDefault("1s")
        Duration sweep();
    }

    /** How an instance stops. */
    interface Drain {

        /** Links are told to come back spread over this time, to other instances. */
        @NotNull
        @WithDefault("60s")
        Duration spread();

        /** Time that a Link has beyond its own moment before its idle session is closed. */
        @NotNull
        @WithDefault("5s")
        Duration grace();

        /** Time beyond the spread that running queries have to end. */
        @NotNull
        @WithDefault("65s")
        Duration unfinished();
    }

    /** Bounds on refused upgrades. */
    interface Unauthorised {

        /** 401s per address and window; above it 429. A valid token is always taken. */
        @Min(1)
        @WithDefault("30")
        int limit();

        /** The window. */
        @NotNull
        @WithDefault("1m")
        Duration window();

        /** Addresses remembered at the most; the one least recently refused is forgotten. */
        @Min(1)
        @WithDefault("10000")
        int addresses();
    }

    /** Bounds on what waits for Kafka. */
    interface Publishing {

        /** Bytes on their way to Kafka at which sockets are no longer read. */
        @NotNull
        @WithDefault("64M")
        MemorySize pauseAt();

        /** Bytes on their way to Kafka at which a record is refused: its outcome is then not acknowledged. */
        @NotNull
        @WithDefault("128M")
        MemorySize refuseAt();
    }
}
