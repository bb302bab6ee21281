package dev.halo.link.firebird;

/**
 * What a database says of itself.
 *
 * @param databaseId the Zedmed Database ID; null after a ping
 * @param practiceName the practice's name, the integrators' guard against a mistyped id; null after a ping
 * @param zedmedVersion null after a ping
 * @param licenceKind as the database has it, such as {@code STANDARD} or {@code DEVELOPER}; null after a ping
 * @param serverVersion Firebird's, such as {@code 3.0.11}
 * @param characterSet the database's default character set, such as {@code WIN1252}
 */
public record DatabaseFacts(
        String databaseId,
        String practiceName,
        String zedmedVersion,
        String licenceKind,
        String serverVersion,
        String characterSet) {}
