package dev.halo.protocol.query;

import java.util.Objects;

/**
 * Why a query failed, in words for the integrator: never a class name, a path, a host or another integrator's data.
 *
 * @param type whose error
 * @param code Firebird's gdscode, an HTTP status, or a {@link LinkErrorCode}
 * @param message may quote the integrator's own data (Firebird's messages do), so it is never logged
 */
public record QueryFailure(ErrorType type, int code, String message) {

    public QueryFailure {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(message, "message");
    }

    public boolean is(LinkErrorCode other) {
        return type == ErrorType.HALO_LINK && code == other.code();
    }

    @Override
    public String toString() {
        return "QueryFailure[" + type.wire() + " " + code + "]";
    }
}
