package dev.halo.link.execution;

import java.nio.charset.Charset;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Set;
import org.firebirdsql.gds.ISCConstants;
import org.firebirdsql.gds.ng.FbStatement;
import org.firebirdsql.gds.ng.fields.FieldDescriptor;
import org.firebirdsql.gds.ng.fields.RowDescriptor;

/**
 * What the database wants at one {@code ?}.
 *
 * @param scale digits behind the point of a {@link Kind#DECIMAL}
 * @param length characters of a {@link Kind#TEXT}
 * @param charset in which text is sent to it
 */
record ParameterTarget(Kind kind, int scale, int length, Charset charset) {

    /** How a value is to be handed over. */
    enum Kind {
        INTEGER,
        DECIMAL,
        DOUBLE,
        BOOLEAN,
        DATE,
        TIME,
        TIMESTAMP,
        TEXT,
        TEXT_BLOB,
        BINARY,
        /** {@code ? IS NULL}: only whether there is a value counts. */
        NULL,
        /** A type of a newer server that the driver converts text to. */
        OTHER
    }

    private static final Set<Integer> WITHOUT_CHARSET =
            Set.of(ISCConstants.CS_NONE, ISCConstants.CS_BINARY, ISCConstants.CS_dynamic);

    /**
     * The targets of a prepared statement, in order.
     *
     * @param connection the connection's own character set, in which text goes to columns that have none
     */
    static ParameterTarget[] of(PreparedStatement statement, Charset connection) throws SQLException {
        ParameterMetaData types = statement.getParameterMetaData();
        RowDescriptor fields = statement.unwrap(FbStatement.class).getParameterDescriptor();
        ParameterTarget[] targets = new ParameterTarget[types.getParameterCount()];
        for (int i = 0; i < targets.length; i++) {
            FieldDescriptor field = fields.getFieldDescriptor(i);
            targets[i] = new ParameterTarget(
                    kind(types.getParameterType(i + 1)),
                    -field.getScale(),
                    field.getCharacterLength(),
                    charset(field, connection));
        }
        return targets;
    }

    private static Charset charset(FieldDescriptor field, Charset connection) {
        if (WITHOUT_CHARSET.contains(field.getCharacterSetId())) {
            return connection;
        }
        Charset own = field.getDatatypeCoder().getEncodingDefinition().getJavaCharset();
        return own == null ? connection : own;
    }

    private static Kind kind(int type) {
        return switch (type) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Kind.INTEGER;
            case Types.NUMERIC, Types.DECIMAL -> Kind.DECIMAL;
            case Types.FLOAT, Types.REAL, Types.DOUBLE -> Kind.DOUBLE;
            case Types.BOOLEAN -> Kind.BOOLEAN;
            case Types.DATE -> Kind.DATE;
            case Types.TIME -> Kind.TIME;
            case Types.TIMESTAMP -> Kind.TIMESTAMP;
            case Types.CHAR, Types.VARCHAR -> Kind.TEXT;
            case Types.LONGVARCHAR, Types.CLOB -> Kind.TEXT_BLOB;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Kind.BINARY;
            case Types.NULL -> Kind.NULL;
            default -> Kind.OTHER;
        };
    }

    /** The SQL type to which Firebird is asked to convert a text that the Link cannot read itself; null for none. */
    String castType() {
        return switch (kind) {
            case INTEGER -> "BIGINT";
            case DECIMAL -> "NUMERIC(18, " + scale + ")";
            case DOUBLE -> "DOUBLE PRECISION";
            case BOOLEAN -> "BOOLEAN";
            case DATE -> "DATE";
            case TIME -> "TIME";
            case TIMESTAMP -> "TIMESTAMP";
            default -> null;
        };
    }

    /** What the target is called in a message. */
    String describe() {
        return switch (kind) {
            case INTEGER -> "a whole number";
            case DECIMAL, DOUBLE -> "a number";
            case BOOLEAN -> "a boolean";
            case DATE -> "a date";
            case TIME -> "a time";
            case TIMESTAMP -> "a timestamp";
            case TEXT, TEXT_BLOB -> "text";
            case BINARY -> "binary data";
            case NULL, OTHER -> "another type";
        };
    }
}
