package dev.halo.link.sql;

import java.util.List;
import java.util.Objects;

/**
 * An integrator's SQL, read once by the {@link SqlTokenizer}.
 *
 * @param jdbc the text with each {@code @parameter} replaced by {@code ?}; nothing else is changed
 * @param parameters the name at each {@code ?}, in order, without the {@code @}; a name used twice is there twice
 * @param firstTokens the first words of the statement in upper case, comments and white space left out; other characters
 *     are tokens of their own
 */
public record SqlText(String jdbc, List<String> parameters, List<String> firstTokens) {

    public SqlText {
        Objects.requireNonNull(jdbc, "jdbc");
        parameters = List.copyOf(parameters);
        firstTokens = List.copyOf(firstTokens);
    }

    /** Whether the statement begins with these words, given in upper case. */
    public boolean startsWith(String... words) {
        return firstTokens.size() >= words.length
                && firstTokens.subList(0, words.length).equals(List.of(words));
    }

    /** Whether it begins as a query does; only the database can tell whether it is one. */
    public boolean looksLikeQuery() {
        return startsWith("SELECT") || startsWith("WITH");
    }

    /** Never the SQL. */
    @Override
    public String toString() {
        return "SqlText[" + parameters.size() + " parameters]";
    }
}
