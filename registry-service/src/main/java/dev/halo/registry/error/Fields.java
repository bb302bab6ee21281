package dev.halo.registry.error;

/**
 * Checks fields of bodies that are declared in the protocol, which knows no validation framework. Each failure is a 400
 * that names the field and its bound.
 */
public final class Fields {

    private Fields() {}

    public static void body(Object body) {
        if (body == null) {
            throw ApiException.badRequest("The body is missing.");
        }
    }

    public static void required(String field, Object value) {
        if (value == null) {
            throw ApiException.badRequest(field + ": is required");
        }
    }

    /** Text of 1 to {@code max} characters without control characters. */
    public static void text(String field, String value, int max) {
        if (value == null || value.isBlank() || value.length() > max) {
            throw ApiException.badRequest(field + ": must be 1 to " + max + " characters");
        }
        noControlCharacters(field, value);
    }

    /** As {@link #text}, and null is right as well. */
    public static void optionalText(String field, String value, int max) {
        if (value == null) {
            return;
        }
        if (value.length() > max) {
            throw ApiException.badRequest(field + ": must be at most " + max + " characters");
        }
        noControlCharacters(field, value);
    }

    public static void count(String field, int count, int max) {
        if (count > max) {
            throw ApiException.badRequest(field + ": must be at most " + max + " entries, are " + count);
        }
    }

    private static void noControlCharacters(String field, String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw ApiException.badRequest(field + ": must not hold control characters");
        }
    }
}
