package dev.halo.link.firebird;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.firebirdsql.encodings.EncodingDefinition;
import org.firebirdsql.encodings.EncodingFactory;

/**
 * The character set of a connection. Firebird transliterates badly between a connection's and a NONE column's character
 * set (measured: garbage at best), so only a UTF8 database gets a UTF8 connection; for others the connection is NONE, and
 * the driver converts each column by the set that the column declares.
 *
 * @param encoding the driver's property {@code encoding}
 * @param charset in which SQL, and text for columns without a character set, are sent
 */
record DatabaseEncoding(String encoding, Charset charset) {

    private static final String NONE = "NONE";
    private static final String UTF8 = "UTF8";

    /**
     * The connection for a database.
     *
     * @param characterSet the database's default character set, as Firebird names it; null counts as NONE
     * @param undeclared what text in a database that declares no character set is written in
     */
    static DatabaseEncoding of(String characterSet, Charset undeclared) {
        if (UTF8.equals(characterSet) || "UNICODE_FSS".equals(characterSet)) {
            return new DatabaseEncoding(UTF8, StandardCharsets.UTF_8);
        }
        if (characterSet == null || NONE.equals(characterSet) || "OCTETS".equals(characterSet)) {
            return new DatabaseEncoding(NONE, undeclared);
        }
        EncodingDefinition known =
                EncodingFactory.getPlatformDefault().getEncodingDefinitionByFirebirdName(characterSet);
        Charset own = known == null ? null : known.getJavaCharset();
        // ASCII databases hold more than ASCII in practice, as the server does not check.
        return new DatabaseEncoding(NONE, own == null || own == StandardCharsets.US_ASCII ? undeclared : own);
    }

    void addTo(Properties properties) {
        properties.setProperty("encoding", encoding);
        if (NONE.equals(encoding)) {
            properties.setProperty("charSet", charset.name());
        }
    }
}
