package dev.halo.link.firebird;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the driver's exceptions: what kind of trouble it is, and what an integrator may be told of it. */
public final class FirebirdErrors {

    private static final int NO_PERMISSION = 335544352;
    private static final int LOGIN_REFUSED = 335544472;
    private static final int CANCELLED = 335544794;
    private static final int READ_ONLY = 335544361;
    private static final int TRANSLITERATION = 335544565;

    private static final int IO_ERROR = 335544344;
    private static final int UNAVAILABLE_DATABASE = 335544375;
    private static final int DATABASE_SHUTDOWN = 335544528;
    private static final int NETWORK_ERROR = 335544721;
    private static final int OUTSIDE_DATABASE_ACCESS = 335544831;

    private static final Set<Integer> LOST =
            Set.of(NETWORK_ERROR, 335544726, 335544727, 335544741, 335544856, DATABASE_SHUTDOWN);
    private static final Set<Integer> MISSING =
            Set.of(IO_ERROR, UNAVAILABLE_DATABASE, OUTSIDE_DATABASE_ACCESS, 335544734);

    /** Messages that name the practice's files or hosts are replaced by the Link's own. */
    private static final Map<Integer, String> OWN_TEXT = Map.of(
            IO_ERROR, "The database server could not read or write a file.",
            UNAVAILABLE_DATABASE, "The database is not available.",
            DATABASE_SHUTDOWN, "The database has been shut down.",
            NETWORK_ERROR, "The database server cannot be reached.",
            OUTSIDE_DATABASE_ACCESS, "The database server does not allow access to this database.");

    /** The driver's own error codes, which are none of Firebird's. */
    private static final int DRIVER_CODES_FROM = 337248256;

    private static final int DRIVER_CODES_TO = 337264640;
    private static final int FIREBIRD_CODES_FROM = 335544320;

    private static final Pattern DRIVER_SUFFIX = Pattern.compile("\\s*\\[SQLState:[^\\]]*\\]\\s*$");
    private static final Pattern PATH =
            Pattern.compile("[A-Za-z]:\\\\[^\\s\"';]+|(?<![\\w.\\-])/(?:[\\w.\\-]+/)+[\\w.\\-]*|\\\\\\\\[^\\s\"';]+");
    private static final int MAX_MESSAGE_CHARS = 2_000;

    private FirebirdErrors() {}

    /** Whether the connection is of no further use: the server is gone, or has ended the attachment. */
    public static boolean isConnectionLost(SQLException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof IOException) {
                return true;
            }
        }
        String state = e.getSQLState();
        return state != null && state.startsWith("08") || LOST.contains(e.getErrorCode());
    }

    /** Whether the server knows no such file or alias, or may not open it. */
    public static boolean isDatabaseMissing(SQLException e) {
        return MISSING.contains(e.getErrorCode());
    }

    /** Whether the server refuses the user or its password. */
    public static boolean isLoginRefused(SQLException e) {
        return e.getErrorCode() == LOGIN_REFUSED;
    }

    /** Whether the user lacks a right; the server caches such a refusal for the life of the connection. */
    public static boolean isPermissionDenied(SQLException e) {
        return e.getErrorCode() == NO_PERMISSION;
    }

    /** Whether somebody cancelled the statement. */
    public static boolean isCancelled(SQLException e) {
        return e.getErrorCode() == CANCELLED;
    }

    /** Whether a character has no counterpart in the character set that it had to be converted to. */
    public static boolean isTransliteration(SQLException e) {
        return e.getErrorCode() == TRANSLITERATION;
    }

    /** What an integrator is told of a statement that failed. */
    public static QueryFailure failure(SQLException e) {
        int code = e.getErrorCode();
        if (isConnectionLost(e)) {
            return LinkErrorCode.INTERNAL.failure("The connection to the practice's database was lost.");
        }
        if (code >= DRIVER_CODES_FROM && code < DRIVER_CODES_TO || code < FIREBIRD_CODES_FROM) {
            // The driver's own messages name classes.
            return LinkErrorCode.INTERNAL.failure(
                    "The statement could not be carried out by the driver (" + code + ").");
        }
        if (code == READ_ONLY) {
            return new QueryFailure(
                    ErrorType.FBSQL,
                    code,
                    message(e) + ". A query that changes data must be sent with type storedProcedure, or with"
                            + " executionMode nonQuery.");
        }
        String own = OWN_TEXT.get(code);
        return new QueryFailure(ErrorType.FBSQL, code, own == null ? message(e) : own);
    }

    /** Firebird's message without what the driver adds, and without paths. */
    public static String message(SQLException e) {
        String text = e.getMessage() == null ? "no message" : e.getMessage();
        text = DRIVER_SUFFIX.matcher(text).replaceFirst("").strip();
        text = PATH.matcher(text).replaceAll("(path)");
        return text.length() <= MAX_MESSAGE_CHARS ? text : text.substring(0, MAX_MESSAGE_CHARS) + "…";
    }
}
