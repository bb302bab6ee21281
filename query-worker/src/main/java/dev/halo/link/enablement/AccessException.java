package dev.halo.link.enablement;

/** The database refused to open or close access; the message is for the practice's administrator and holds no secret. */
public final class AccessException extends Exception {

    private static final long serialVersionUID = 1L;

    public AccessException(String message) {
        super(message);
    }

    public AccessException(String message, Throwable cause) {
        super(message, cause);
    }
}
