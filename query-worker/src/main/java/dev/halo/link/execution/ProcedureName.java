package dev.halo.link.execution;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A procedure's name as an integrator writes it: an identifier, quoted or not, with a package's before it or not. It is
 * only ever compared with the names in the database.
 *
 * @param packageName null for none
 */
record ProcedureName(String packageName, String name) {

    private static final String PART = "(\"(?:[^\"]|\"\")+\"|[\\p{L}_$][\\p{L}\\p{N}_$]*)";
    private static final Pattern FORM = Pattern.compile("\\s*(?:" + PART + "\\s*\\.\\s*)?" + PART + "\\s*;?\\s*");

    /** The name, or empty if the text is no name. */
    static Optional<ProcedureName> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new ProcedureName(identifier(matcher.group(1)), identifier(matcher.group(2))))
                : Optional.empty();
    }

    /** What an unquoted identifier means to Firebird is its upper case. */
    private static String identifier(String text) {
        if (text == null) {
            return null;
        }
        return text.startsWith("\"")
                ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
                : text.toUpperCase(Locale.ROOT);
    }
}
