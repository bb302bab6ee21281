package dev.halo.registry.error;

import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.util.Optional;

/** A request that is answered with the error envelope. Its message is for the caller and holds no secrets. */
public final class ApiException extends RuntimeException {

    private final Status status;
    private final transient Duration retryAfter;

    private ApiException(Status status, String message, Duration retryAfter) {
        super(message, null, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** 400: a field and its bound. */
    public static ApiException badRequest(String message) {
        return new ApiException(Status.BAD_REQUEST, message, null);
    }

    /** 401: who it is could not be established. */
    public static ApiException unauthorized(String message) {
        return new ApiException(Status.UNAUTHORIZED, message, null);
    }

    /** 403: it is known who it is, and that it may not. */
    public static ApiException forbidden(String message) {
        return new ApiException(Status.FORBIDDEN, message, null);
    }

    /** 404. */
    public static ApiException notFound(String message) {
        return new ApiException(Status.NOT_FOUND, message, null);
    }

    /** 409: the state of things does not allow it. */
    public static ApiException conflict(String message) {
        return new ApiException(Status.CONFLICT, message, null);
    }

    /** 412: what the caller has seen is not how it is now. */
    public static ApiException preconditionFailed(String message) {
        return new ApiException(Status.PRECONDITION_FAILED, message, null);
    }

    /** 503 with {@code Retry-After}. */
    public static ApiException unavailable(String message, Duration retryAfter) {
        return new ApiException(Status.SERVICE_UNAVAILABLE, message, retryAfter);
    }

    public Status status() {
        return status;
    }

    /** When to try again; rounded up to seconds in the header. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
