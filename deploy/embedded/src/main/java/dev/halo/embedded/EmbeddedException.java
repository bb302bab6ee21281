package dev.halo.embedded;

/** An embedded server could not be prepared, started or stopped; the message says what to do about it. */
public final class EmbeddedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what went wrong and what helps */
    public EmbeddedException(String message) {
        super(message);
    }

    /**
     * @param message what went wrong and what helps
     * @param cause the failure underneath
     */
    public EmbeddedException(String message, Throwable cause) {
        super(message, cause);
    }
}
