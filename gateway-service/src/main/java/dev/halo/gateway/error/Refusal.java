package dev.halo.gateway.error;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A request that is answered with the error envelope. It carries no stack trace: it is an answer, not a fault. The
 * message is for the integrator and never holds internals.
 */
public final class Refusal extends RuntimeException {

    private final Reason reason;
    private final Duration retryAfter;

    private Refusal(Reason reason, String message, Duration retryAfter) {
        super(Objects.requireNonNull(message, "message"), null, false, false);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.retryAfter = retryAfter;
    }

    public static Refusal of(Reason reason, String message) {
        return new Refusal(reason, message, null);
    }

    /** The path or the body is not valid; the message names the field and the bound. */
    public static Refusal invalid(String message) {
        return of(Reason.INVALID, message);
    }

    public static Refusal notFound(String message) {
        return of(Reason.NOT_FOUND, message);
    }

    public static Refusal forbidden(String message) {
        return of(Reason.FORBIDDEN, message);
    }

    /** Not attempted, and worth another try after this time. */
    public static Refusal unavailable(String message, Duration retryAfter) {
        return new Refusal(Reason.UNAVAILABLE, message, retryAfter);
    }

    /** Too many requests; the next may come after this time. */
    public static Refusal tooMany(String message, Duration retryAfter) {
        return new Refusal(Reason.TOO_MANY, message, retryAfter);
    }

    public Reason reason() {
        return reason;
    }

    /** Of the {@code Retry-After} header. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Whether views that lag behind could be the cause, so that they must catch up before this is answered. */
    public boolean mayBeStale() {
        return reason == Reason.UNAUTHENTICATED || reason == Reason.FORBIDDEN || reason == Reason.NOT_FOUND;
    }
}
