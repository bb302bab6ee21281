package dev.halo.link.enablement;

import java.util.Optional;

/**
 * A privilege as {@code RDB$USER_PRIVILEGES} has it.
 *
 * @param letter what may be done
 * @param objectType the kind of object
 * @param object its name
 * @param field a column for privileges on single columns, else null
 */
record Privilege(String letter, int objectType, String object, String field) {

    private static final int TABLE = 0;
    private static final int VIEW = 1;
    private static final int PROCEDURE = 5;
    private static final int EXCEPTION = 7;
    private static final int GENERATOR = 14;
    private static final int FUNCTION = 15;
    private static final int PACKAGE = 18;

    /** The statement that grants the same to a role; empty for a kind that a role of an integrator is not given. */
    Optional<String> grantTo(String role) {
        String on = quote(object) + " TO ROLE " + quote(role);
        String column = field == null ? "" : "(" + quote(field) + ")";
        return Optional.ofNullable(
                switch (objectType) {
                    case TABLE, VIEW -> onTable(column, on);
                    case PROCEDURE -> "GRANT EXECUTE ON PROCEDURE " + on;
                    case FUNCTION -> "GRANT EXECUTE ON FUNCTION " + on;
                    case PACKAGE -> "GRANT EXECUTE ON PACKAGE " + on;
                    case GENERATOR -> "GRANT USAGE ON SEQUENCE " + on;
                    case EXCEPTION -> "GRANT USAGE ON EXCEPTION " + on;
                    default -> null;
                });
    }

    private String onTable(String column, String on) {
        return switch (letter) {
            case "S" -> "GRANT SELECT ON " + on;
            case "I" -> "GRANT INSERT ON " + on;
            case "D" -> "GRANT DELETE ON " + on;
            case "U" -> "GRANT UPDATE" + column + " ON " + on;
            case "R" -> "GRANT REFERENCES" + column + " ON " + on;
            default -> null;
        };
    }

    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
