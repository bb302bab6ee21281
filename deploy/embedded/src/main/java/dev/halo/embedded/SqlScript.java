package dev.halo.embedded;

import java.util.ArrayList;
import java.util.List;

/** Splits a script into statements the way isql does: at the terminator, which {@code set term} changes. */
final class SqlScript {

    private SqlScript() {}

    /** The statements in order, without terminators. Literals and comments may hold the terminator. */
    static List<String> statements(String script) {
        List<String> statements = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        String terminator = ";";
        int position = 0;
        while (position < script.length()) {
            int opaque = opaqueEnd(script, position);
            if (opaque > position) {
                current.append(script, position, opaque);
                position = opaque;
            } else if (script.startsWith(terminator, position)) {
                position += terminator.length();
                String statement = current.toString().strip();
                current.setLength(0);
                if (statement.toLowerCase(java.util.Locale.ROOT).startsWith("set term ")) {
                    terminator = statement.substring("set term ".length()).strip();
                } else if (!statement.isEmpty()) {
                    statements.add(statement);
                }
            } else {
                current.append(script.charAt(position++));
            }
        }
        if (!current.toString().isBlank()) {
            statements.add(current.toString().strip());
        }
        return statements;
    }

    // The end of a literal, quoted identifier or comment that begins here; the position itself when none does.
    private static int opaqueEnd(String script, int position) {
        char first = script.charAt(position);
        if (first == '\'' || first == '"') {
            return after(script, String.valueOf(first), position + 1);
        }
        if (script.startsWith("--", position)) {
            return after(script, "\n", position + 2);
        }
        if (script.startsWith("/*", position)) {
            return after(script, "*/", position + 2);
        }
        return position;
    }

    private static int after(String script, String end, int from) {
        int found = script.indexOf(end, from);
        return found < 0 ? script.length() : found + end.length();
    }
}
