package dev.halo.link.identity;

/** The Link's own files cannot be used; the message says what to do. The Link does not start with it. */
public final class DataDirectoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DataDirectoryException(String message) {
        super(message);
    }

    public DataDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
