package dev.halo.gateway.audit;

import dev.halo.gateway.access.Target;
import dev.halo.gateway.query.QueryIds;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.Outcome;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/** What is noted of a request to the integrator API on its way, for the audit. */
public final class RequestTrail {

    private static final String PROPERTY = "halo.requestTrail";
    private static final int FINGERPRINT_CHARS = 12;

    /** Longer than any that there is; a client may send what it likes. */
    private static final int MAX_METHOD = 16;

    private static final String ABANDONED = "abandoned";

    private final Instant at;
    private final long startedAt;
    private final String method;
    private final byte[] address;
    private final Target target;
    private UUID integratorId;
    private String credential;
    private String check;
    private UUID queryId;
    private String outcome;
    private Long rows;
    private Long bytes;
    private String sqlSha256;

    /** @param address of the caller: 4 or 16 bytes, none where it cannot be told */
    public RequestTrail(Instant at, String method, byte[] address, Target target) {
        this.at = at;
        this.startedAt = System.nanoTime();
        this.method = method.length() > MAX_METHOD ? method.substring(0, MAX_METHOD) : method;
        this.address = address;
        this.target = target;
    }

    /** That of a request; one of its own where there is none. */
    public static RequestTrail of(ContainerRequestContext request) {
        return request.getProperty(PROPERTY) instanceof RequestTrail trail
                ? trail
                : new RequestTrail(
                        Instant.now(), request.getMethod(), new byte[0], new Target(Target.Kind.OTHER, null));
    }

    /** Leaves it on a request, for {@link #of}. */
    public void leaveOn(ContainerRequestContext request) {
        request.setProperty(PROPERTY, this);
    }

    public Target target() {
        return target;
    }

    /** Who calls is known. */
    public void recognised(UUID integrator) {
        integratorId = integrator;
        credential = null;
    }

    /**
     * Nobody was recognised.
     *
     * @param prefix what kind of credential it was
     * @param secret of which only a fingerprint is kept; null where none was shown
     */
    public void notRecognised(String prefix, String secret) {
        credential = secret == null ? prefix : prefix + "#" + sha256(secret).substring(0, FINGERPRINT_CHARS);
    }

    /** Which check refused the request. */
    public void refusedBy(String name) {
        check = name;
    }

    /** What was asked was read. */
    public void asked(Command command) {
        sqlSha256 = sha256(command.text());
    }

    /** A query was made of it. */
    public void query(UUID id) {
        queryId = id;
    }

    /** How an immediate query ended. */
    public void ended(Outcome end) {
        outcome = AuditEntry.outcomeOf(end);
        if (end instanceof Outcome.Rows result) {
            gave(result.rows(), result.size());
        }
    }

    /** Rows were given. */
    public void gave(long count, long size) {
        rows = count;
        bytes = size;
    }

    /**
     * The request is over.
     *
     * @param status of the answer; null where it never came to one
     * @return null where there is nothing to keep: of what is no query only what was refused
     */
    public AuditEntry over(Integer status) {
        AuditEntry.Event event = event();
        boolean refused =
                status == null || check != null || status == 401 || status == 403 || status == 404 || status == 429;
        if (event == AuditEntry.Event.REQUEST && !refused) {
            return null;
        }
        return new AuditEntry(
                at,
                QueryIds.at(at),
                event,
                integratorId,
                credential,
                text(address),
                method,
                target.siteId(),
                queryId,
                status,
                words(status),
                rows,
                bytes,
                Duration.ofNanos(System.nanoTime() - startedAt).toMillis(),
                sqlSha256);
    }

    private AuditEntry.Event event() {
        return switch (target.kind()) {
            case IMMEDIATE -> AuditEntry.Event.IMMEDIATE;
            case ASYNC -> AuditEntry.Event.ASYNC;
            case REGISTERED -> AuditEntry.Event.REGISTERED;
            case RESULT -> AuditEntry.Event.RESULT;
            case READING, OTHER -> AuditEntry.Event.REQUEST;
        };
    }

    private String words(Integer status) {
        if (status == null) {
            return ABANDONED;
        }
        if (check != null) {
            return "refused:" + check;
        }
        if (outcome != null) {
            return outcome;
        }
        if (status < 300) {
            return target.kind() == Target.Kind.RESULT ? "successful" : "accepted";
        }
        return switch (status) {
            case 503 -> "notAttempted";
            case 500, 502, 504 -> "failed";
            default -> "refused:" + status;
        };
    }

    private static String text(byte[] address) {
        try {
            return address.length == 0
                    ? null
                    : InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
