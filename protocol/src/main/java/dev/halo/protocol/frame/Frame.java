package dev.halo.protocol.frame;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.site.Environment;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** One message on the socket between a bridge and a Link; {@link FrameCodec} gives its bytes. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "frame")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Frame.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = Frame.Welcome.class, name = "welcome"),
    @JsonSubTypes.Type(value = Frame.Refused.class, name = "refused"),
    @JsonSubTypes.Type(value = Frame.Query.class, name = "query"),
    @JsonSubTypes.Type(value = Frame.Cancel.class, name = "cancel"),
    @JsonSubTypes.Type(value = Frame.Queued.class, name = "queued"),
    @JsonSubTypes.Type(value = Frame.Executing.class, name = "executing"),
    @JsonSubTypes.Type(value = Frame.Uploading.class, name = "uploading"),
    @JsonSubTypes.Type(value = Frame.Ended.class, name = "ended"),
    @JsonSubTypes.Type(value = Frame.EndedAck.class, name = "endedAck"),
    @JsonSubTypes.Type(value = Frame.Register.class, name = "register"),
    @JsonSubTypes.Type(value = Frame.Ran.class, name = "ran"),
    @JsonSubTypes.Type(value = Frame.Credit.class, name = "credit"),
    @JsonSubTypes.Type(value = Frame.Ping.class, name = "ping"),
    @JsonSubTypes.Type(value = Frame.Pong.class, name = "pong"),
    @JsonSubTypes.Type(value = Frame.Drain.class, name = "drain"),
    @JsonSubTypes.Type(value = Frame.Authority.class, name = "authority"),
    @JsonSubTypes.Type(value = Frame.AuthorityConfirmed.class, name = "authorityConfirmed"),
    @JsonSubTypes.Type(value = Frame.Goodbye.class, name = "goodbye")
})
public sealed interface Frame {

    /**
     * Link → bridge, the first frame.
     *
     * @param protocol the newest {@link FrameCodec#VERSION} the Link speaks
     * @param clock the Link's wall clock when it sent this, from which the bridge measures the offset
     * @param journalId changes when the Link's journal is lost, and with it the proof that a write never began
     * @param held ids of queries that the Link has and has not ended, at most {@link #MAX_HELD}
     */
    record Hello(
            int protocol, String linkVersion, Environment environment, Instant clock, UUID journalId, List<UUID> held)
            implements Frame {
        public Hello {
            Objects.requireNonNull(environment, "environment");
            held = held == null ? List.of() : List.copyOf(held);
            if (held.size() > MAX_HELD) {
                throw new IllegalArgumentException("held has " + held.size() + " ids, more than " + MAX_HELD);
            }
        }
    }

    /** Bound of {@link Hello#held}. */
    int MAX_HELD = 4_096;

    /**
     * Bridge → Link: the session is open, its record is in the log.
     *
     * @param protocol the version both speak
     * @param bridgeTime the bridge's wall clock
     * @param clockOffsetMillis the Link's clock minus the bridge's
     * @param heartbeatMillis how often the Link sends {@link Ping}
     * @param sites the Link's sites as the registry knows them; answered with {@link AuthorityConfirmed} of number 0
     */
    record Welcome(
            UUID sessionId,
            int protocol,
            Instant bridgeTime,
            long clockOffsetMillis,
            long heartbeatMillis,
            List<SiteAuthority> sites)
            implements Frame {
        public Welcome {
            Objects.requireNonNull(sessionId, "sessionId");
            sites = sites == null ? List.of() : List.copyOf(sites);
        }
    }

    /**
     * Bridge → Link: no session; the socket closes after it.
     *
     * @param retryAfterMillis before which the Link does not come back
     */
    record Refused(RefusalCause cause, String message, long retryAfterMillis) implements Frame {
        public Refused {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /** Why a bridge refuses or ends a session. */
    enum RefusalCause {
        ENVIRONMENT,
        PROTOCOL_VERSION,
        /** Another process opened a session of this Link: the installation runs twice. */
        SUPERSEDED,
        LINK_SUSPENDED,
        LINK_REMOVED,
        DRAINING,
        OVERLOADED
    }

    /**
     * Bridge → Link: run this.
     *
     * @param trace W3C trace context headers, empty where there are none
     */
    record Query(QueryRequest request, Map<String, String> trace) implements Frame {
        public Query {
            Objects.requireNonNull(request, "request");
            trace = trace == null ? Map.of() : Map.copyOf(trace);
        }
    }

    /**
     * Bridge → Link: end it, wherever it is. Remembered for two hours for a query that the Link does not know yet.
     *
     * @param cause the code that the outcome carries
     */
    record Cancel(UUID queryId, LinkErrorCode cause) implements Frame {
        public Cancel {
            Objects.requireNonNull(queryId, "queryId");
            cause = cause == null ? LinkErrorCode.CANCELLED : cause;
        }
    }

    /**
     * Bridge → Link: hold this registered query and run it on its schedule, in place of what the Link held under its id.
     * Answered with {@link Queued}; ended with {@link Cancel} or by its own time.
     */
    record Register(RegisteredRequest request) implements Frame {
        public Register {
            Objects.requireNonNull(request, "request");
        }
    }

    /** Link → bridge: it waits in the queue, or is held as a registered query. Not sent for immediates. */
    record Queued(UUID queryId, UUID siteId) implements Frame {
        public Queued {
            Objects.requireNonNull(queryId, "queryId");
            Objects.requireNonNull(siteId, "siteId");
        }
    }

    /** Link → bridge: it runs. Not sent for immediates. */
    record Executing(UUID queryId, UUID siteId) implements Frame {
        public Executing {
            Objects.requireNonNull(queryId, "queryId");
            Objects.requireNonNull(siteId, "siteId");
        }
    }

    /** Link → bridge: an async query has been executed, what remains is to upload its pages. */
    record Uploading(UUID queryId, UUID siteId, Produced produced) implements Frame {
        public Uploading {
            Objects.requireNonNull(queryId, "queryId");
            Objects.requireNonNull(siteId, "siteId");
            Objects.requireNonNull(produced, "produced");
        }
    }

    /** Link → bridge: a registered query has run; acknowledged with {@link EndedAck} of the run's id. */
    record Ran(UUID siteId, UUID integratorId, RegisteredRun run) implements Frame {
        public Ran {
            Objects.requireNonNull(siteId, "siteId");
            Objects.requireNonNull(integratorId, "integratorId");
            Objects.requireNonNull(run, "run");
        }
    }

    /**
     * Link → bridge: the one end of a query. The body of the message is the bytes of an {@link dev.halo.protocol.query.OutcomeCodec}
     * message, which the bridge passes on as they are.
     *
     * @param replySlot as in the request, within its bounds: a bridge uses it as a partition
     */
    record Ended(UUID queryId, UUID siteId, UUID integratorId, int replySlot) implements Frame {
        public Ended {
            Objects.requireNonNull(queryId, "queryId");
            Objects.requireNonNull(siteId, "siteId");
            QueryRequest.requireReplySlot(replySlot);
        }
    }

    /** Bridge → Link: the outcome of a query, or of a registered query's run, is in the log; the Link may forget it. */
    record EndedAck(UUID queryId) implements Frame {
        public EndedAck {
            Objects.requireNonNull(queryId, "queryId");
        }
    }

    /**
     * Link → bridge: how many unfinished immediates of a site the bridge may have sent, and apart from them how many
     * unfinished asyncs: neither uses up what the other needs. Absolute numbers, not increments, so that a lost or
     * repeated frame does no harm.
     *
     * @param unfinished of each of the two
     */
    record Credit(UUID siteId, int unfinished) implements Frame {
        public Credit {
            Objects.requireNonNull(siteId, "siteId");
            if (unfinished < 0) {
                throw new IllegalArgumentException("unfinished must not be negative: " + unfinished);
            }
        }
    }

    /** Either way: answer with {@link Pong} of the same number. */
    record Ping(long number) implements Frame {}

    record Pong(long number) implements Frame {}

    /**
     * Bridge → Link: open a session elsewhere after this time, finish what runs here meanwhile.
     *
     * @param reconnectAfterMillis spread over the bridge's drain time, so that Links do not all come at once
     */
    record Drain(long reconnectAfterMillis) implements Frame {}

    /**
     * Bridge → Link: what it may run from now on; answered with {@link AuthorityConfirmed}.
     *
     * @param number from 1, growing within a session
     */
    record Authority(long number, List<SiteAuthority> sites) implements Frame {
        public Authority {
            sites = sites == null ? List.of() : List.copyOf(sites);
        }
    }

    /**
     * Link → bridge: what it was told is in force.
     *
     * @param number of the {@link Authority}; 0 for that of the {@link Welcome}
     */
    record AuthorityConfirmed(long number) implements Frame {}

    /** Link → bridge: an orderly stop; the site is offline from now on. */
    record Goodbye() implements Frame {}

    /**
     * The registry's word on a site.
     *
     * @param active false while it is initialising, or removed
     * @param version of the authority record that this was made from, so that an older word is not taken for news; 0
     *     where it is not known
     */
    record SiteAuthority(UUID siteId, boolean active, boolean authoritative, long version) {
        public SiteAuthority {
            Objects.requireNonNull(siteId, "siteId");
        }

        public SiteAuthority(UUID siteId, boolean active, boolean authoritative) {
            this(siteId, active, authoritative, 0);
        }
    }
}
