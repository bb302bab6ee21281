package dev.halo.local;

/** The suite could not do what it was asked; the message is for its user. */
public final class SuiteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what went wrong and what helps */
    public SuiteException(String message) {
        super(message);
    }

    /**
     * @param message what went wrong and what helps
     * @param cause the failure underneath
     */
    public SuiteException(String message, Throwable cause) {
        super(message, cause);
    }
}
