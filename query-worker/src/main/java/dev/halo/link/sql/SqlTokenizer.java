package dev.halo.link.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads Firebird's SQL far enough to know what is code and what is a literal, a quoted identifier or a comment. What
 * Firebird itself would not accept (an unfinished literal, say) is passed on for Firebird to refuse.
 */
public final class SqlTokenizer {

    private static final int FIRST_TOKENS = 3;

    private final String sql;
    private final StringBuilder jdbc;
    private final List<String> parameters = new ArrayList<>();
    private final List<String> firstTokens = new ArrayList<>(FIRST_TOKENS);
    private int at;

    private SqlTokenizer(String sql) {
        this.sql = sql;
        this.jdbc = new StringBuilder(sql.length());
    }

    /**
     * Finds the parameters and the first words.
     *
     * @throws StatementRefused for a {@code {} or a {@code ?} in the code: the driver would rewrite the first after any
     *     look at the statement, and the second would take another parameter's place
     */
    public static SqlText read(String sql) {
        SqlTokenizer tokenizer = new SqlTokenizer(sql);
        tokenizer.run();
        return new SqlText(tokenizer.jdbc.toString(), tokenizer.parameters, tokenizer.firstTokens);
    }

    private void run() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                copyTo(at + 1);
            } else if (c == '-' && next() == '-') {
                copyTo(endOfLine());
            } else if (c == '/' && next() == '*') {
                copyTo(after("*/", at + 2));
            } else if (c == '\'' || c == '"') {
                token(String.valueOf(c), endOfQuoted(c));
            } else if ((c == 'q' || c == 'Q') && next() == '\'') {
                token("'", endOfAlternativeLiteral());
            } else if (c == '@' && isNameStart(next())) {
                parameter();
            } else if (isWordPart(c)) {
                token(null, endOfWord());
            } else {
                symbol(c);
            }
        }
    }

    private void symbol(char c) {
        if (c == '{') {
            throw StatementRefused.notAllowed("JDBC escapes are not allowed: found '{' outside literals and comments.");
        }
        if (c == '?') {
            throw StatementRefused.badParameter(
                    "Positional parameters (?) are not served; use named ones such as @name.");
        }
        token(String.valueOf(c), at + 1);
    }

    private void parameter() {
        int start = at + 1;
        int end = start;
        while (end < sql.length() && isNamePart(sql.charAt(end))) {
            end++;
        }
        parameters.add(sql.substring(start, end));
        remember("?");
        jdbc.append('?');
        at = end;
    }

    /** @param text as it is remembered; null for the token's own text */
    private void token(String text, int end) {
        if (firstTokens.size() < FIRST_TOKENS) {
            remember(text == null ? sql.substring(at, end).toUpperCase(Locale.ROOT) : text);
        }
        copyTo(end);
    }

    private void remember(String token) {
        if (firstTokens.size() < FIRST_TOKENS) {
            firstTokens.add(token);
        }
    }

    private void copyTo(int end) {
        jdbc.append(sql, at, end);
        at = end;
    }

    private char next() {
        return at + 1 < sql.length() ? sql.charAt(at + 1) : '\0';
    }

    private int endOfLine() {
        return after("\n", at);
    }

    private int after(String end, int from) {
        int found = sql.indexOf(end, from);
        return found < 0 ? sql.length() : found + end.length();
    }

    /** A doubled quote stands for itself; it reads as the end of one literal and the start of the next, which is the same. */
    private int endOfQuoted(char quote) {
        int end = sql.indexOf(quote, at + 1);
        return end < 0 ? sql.length() : end + 1;
    }

    /** {@code q'(...)'}: brackets close with their pair, any other character with itself. */
    private int endOfAlternativeLiteral() {
        if (at + 2 >= sql.length()) {
            return sql.length();
        }
        char open = sql.charAt(at + 2);
        char close =
                switch (open) {
                    case '(' -> ')';
                    case '[' -> ']';
                    case '{' -> '}';
                    case '<' -> '>';
                    default -> open;
                };
        return after(close + "'", at + 3);
    }

    private int endOfWord() {
        int end = at;
        while (end < sql.length() && isWordPart(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    private static boolean isNameStart(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private static boolean isNamePart(char c) {
        return isWordPart(c) || c == '#';
    }
}
