package dev.halo.link.enrolment;

/** The registry could not be asked, or refused; the message may be logged and shown. */
public final class RegistryException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What the caller can do about it. */
    public enum Kind {
        /** No answer: try again. */
        UNREACHABLE,
        /** It answers that it cannot now: try again. */
        UNAVAILABLE,
        /** The token, secret or enrolment token is not accepted. */
        UNAUTHORIZED,
        /** The request will not be accepted however often it is sent. */
        REFUSED
    }

    public RegistryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
