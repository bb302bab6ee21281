package dev.halo.protocol.query;

import java.util.List;
import java.util.Objects;

/**
 * What is to be run.
 *
 * @param text SQL, or a procedure's name; its bound is {@link QueryBounds#MAX_TEXT_CHARS}
 * @param executionMode what comes back; default {@link ExecutionMode#READER}
 * @param type how the text is read; default {@link CommandType#TEXT}
 * @param parameters in the integrator's order; at most {@link QueryBounds#MAX_PARAMETERS}
 */
public record Command(String text, ExecutionMode executionMode, CommandType type, List<Parameter> parameters) {

    public Command {
        Objects.requireNonNull(text, "text");
        executionMode = executionMode == null ? ExecutionMode.READER : executionMode;
        type = type == null ? CommandType.TEXT : type;
        parameters = parameters == null ? List.of() : List.copyOf(parameters);
    }

    /**
     * Whether running it may change data, as far as can be told without the database; in doubt, yes. The Link runs what
     * starts with SELECT or WITH in reader or scalar mode in a read-only transaction, so a no is certain.
     */
    public boolean mayWrite() {
        if (executionMode == ExecutionMode.NON_QUERY || type == CommandType.STORED_PROCEDURE) {
            return true;
        }
        String start = text.stripLeading();
        return !(startsWithWord(start, "SELECT") || startsWithWord(start, "WITH"));
    }

    private static boolean startsWithWord(String text, String word) {
        return text.regionMatches(true, 0, word, 0, word.length())
                && (text.length() == word.length() || !Character.isJavaIdentifierPart(text.charAt(word.length())));
    }

    /** Never the text or the parameters: they may hold a patient's data. */
    @Override
    public String toString() {
        return "Command[" + executionMode.wire() + ", " + type.wire() + ", " + parameters.size() + " parameters]";
    }
}
