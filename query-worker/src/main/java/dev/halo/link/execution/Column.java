package dev.halo.link.execution;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.halo.link.sql.ColumnLabels;
import dev.halo.link.sql.StatementRefused;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.firebirdsql.jdbc.JaybirdTypeCodes;

/** One column of a result: where it is, what it is called, and how its values become JSON or text. */
final class Column {

    private enum Kind {
        INTEGER,
        DECIMAL,
        FLOAT,
        DOUBLE,
        BOOLEAN,
        DATE,
        TIME,
        TIMESTAMP,
        TEXT,
        BYTES,
        TEXT_BLOB,
        BINARY_BLOB,
        /** Decimal floating point of a newer server. */
        DECIMAL_FLOAT
    }

    private final int index;
    private final String label;
    private final SerializedString key;
    private final Kind kind;

    private Column(int index, String label, String key, Kind kind) {
        this.index = index;
        this.label = label;
        this.key = new SerializedString(key);
        this.kind = kind;
    }

    /**
     * The columns of a result.
     *
     * @throws StatementRefused if one has a type that cannot be given as JSON
     */
    static List<Column> of(ResultSetMetaData meta) throws SQLException {
        int count = meta.getColumnCount();
        List<String> labels = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            labels.add(meta.getColumnLabel(i));
        }
        List<String> keys = ColumnLabels.unique(labels);
        List<Column> columns = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            columns.add(
                    new Column(i, labels.get(i - 1), keys.get(i - 1), kind(meta.getColumnType(i), keys.get(i - 1))));
        }
        return columns;
    }

    private static Kind kind(int type, String key) {
        return switch (type) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Kind.INTEGER;
            case Types.NUMERIC, Types.DECIMAL -> Kind.DECIMAL;
            case Types.FLOAT, Types.REAL -> Kind.FLOAT;
            case Types.DOUBLE -> Kind.DOUBLE;
            case Types.BOOLEAN -> Kind.BOOLEAN;
            case Types.DATE -> Kind.DATE;
            case Types.TIME -> Kind.TIME;
            case Types.TIMESTAMP -> Kind.TIMESTAMP;
            case Types.BINARY, Types.VARBINARY, Types.ROWID -> Kind.BYTES;
            case Types.LONGVARCHAR, Types.CLOB -> Kind.TEXT_BLOB;
            case Types.LONGVARBINARY, Types.BLOB -> Kind.BINARY_BLOB;
            case JaybirdTypeCodes.DECFLOAT -> Kind.DECIMAL_FLOAT;
            case Types.ARRAY ->
                throw StatementRefused.notAllowed("Column " + key + " is an array, which cannot be given as JSON.");
            default -> Kind.TEXT;
        };
    }

    /** The label as the database gives it. */
    String label() {
        return label;
    }

    /** Writes the current row's field, name and value. */
    void write(ResultSet row, JsonGenerator json) throws SQLException, IOException {
        json.writeFieldName(key);
        switch (kind) {
            case INTEGER -> {
                long value = row.getLong(index);
                if (row.wasNull()) {
                    json.writeNull();
                } else {
                    json.writeNumber(value);
                }
            }
            case FLOAT -> {
                float value = row.getFloat(index);
                if (row.wasNull()) {
                    json.writeNull();
                } else {
                    json.writeNumber(value);
                }
            }
            case DOUBLE -> {
                double value = row.getDouble(index);
                if (row.wasNull()) {
                    json.writeNull();
                } else {
                    json.writeNumber(value);
                }
            }
            case BOOLEAN -> {
                boolean value = row.getBoolean(index);
                if (row.wasNull()) {
                    json.writeNull();
                } else {
                    json.writeBoolean(value);
                }
            }
            case DECIMAL -> json.writeNumber(row.getBigDecimal(index));
            case DECIMAL_FLOAT -> writeDecimalFloat(row.getString(index), json);
            case BYTES -> writeBytes(row.getBytes(index), json);
            case TEXT_BLOB -> writeTextBlob(row, json);
            case BINARY_BLOB -> writeBinaryBlob(row, json);
            case DATE, TIME, TIMESTAMP, TEXT -> json.writeString(shortText(row));
        }
    }

    /** The current row's value as text, as an output parameter gives it; null for NULL. */
    String text(ResultSet row) throws SQLException, IOException {
        switch (kind) {
            case BYTES -> {
                byte[] bytes = row.getBytes(index);
                return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
            }
            case BINARY_BLOB -> {
                try (InputStream in = row.getBinaryStream(index)) {
                    return in == null ? null : Base64.getEncoder().encodeToString(in.readAllBytes());
                }
            }
            case TEXT_BLOB -> {
                try (Reader in = row.getCharacterStream(index)) {
                    StringWriter text = new StringWriter();
                    return in == null ? null : copy(in, text);
                }
            }
            default -> {
                return shortText(row);
            }
        }
    }

    private static String copy(Reader in, StringWriter text) throws IOException {
        in.transferTo(text);
        return text.toString();
    }

    private String shortText(ResultSet row) throws SQLException {
        switch (kind) {
            case DATE -> {
                LocalDate date = row.getObject(index, LocalDate.class);
                return date == null ? null : IsoText.of(date);
            }
            case TIME -> {
                LocalTime time = row.getObject(index, LocalTime.class);
                return time == null ? null : IsoText.of(time);
            }
            case TIMESTAMP -> {
                LocalDateTime timestamp = row.getObject(index, LocalDateTime.class);
                return timestamp == null ? null : IsoText.of(timestamp);
            }
            case DECIMAL -> {
                BigDecimal decimal = row.getBigDecimal(index);
                return decimal == null ? null : decimal.toPlainString();
            }
            case BOOLEAN -> {
                boolean bool = row.getBoolean(index);
                return row.wasNull() ? null : Boolean.toString(bool);
            }
            default -> {
                return row.getString(index);
            }
        }
    }

    private static void writeDecimalFloat(String value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNull();
            return;
        }
        try {
            json.writeNumber(new BigDecimal(value));
        } catch (NumberFormatException e) {
            // NaN and the infinities are no JSON numbers.
            json.writeString(value);
        }
    }

    private static void writeBytes(byte[] bytes, JsonGenerator json) throws IOException {
        if (bytes == null) {
            json.writeNull();
        } else {
            json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, bytes.length);
        }
    }

    private void writeTextBlob(ResultSet row, JsonGenerator json) throws SQLException, IOException {
        try (Reader in = row.getCharacterStream(index)) {
            if (in == null) {
                json.writeNull();
            } else {
                json.writeString(new WholeCharacters(in), -1);
            }
        }
    }

    private void writeBinaryBlob(ResultSet row, JsonGenerator json) throws SQLException, IOException {
        try (InputStream in = row.getBinaryStream(index)) {
            if (in == null) {
                json.writeNull();
            } else {
                json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, in, -1);
            }
        }
    }
}
