package dev.halo.link.execution;

import dev.halo.link.firebird.FirebirdErrors;
import dev.halo.link.sql.ParameterValues;
import dev.halo.link.sql.StatementRefused;
import dev.halo.protocol.query.Parameter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Hands parameters to a prepared statement, each as the database wants it there. Whatever would lose a part of the value
 * without a word (a character that the column's character set lacks, a fraction where there is room for none) is refused.
 */
final class ParameterBinder {

    private static final DateTimeFormatter TIMESTAMP_TEXT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSS");
    private static final DateTimeFormatter TIME_TEXT = DateTimeFormatter.ofPattern("HH:mm:ss.SSSS");
    private static final int UUID_BYTES = 16;

    private final ParameterValues values;
    private final TextConversion conversion;

    /** Has the database convert a text that the Link cannot read as the type that is needed. */
    @FunctionalInterface
    interface TextConversion {

        /**
         * @return the value as the driver gives it
         * @throws SQLException if the database cannot read the text either
         */
        Object convert(String text, String type) throws SQLException;
    }

    ParameterBinder(ParameterValues values, TextConversion conversion) {
        this.values = values;
        this.conversion = conversion;
    }

    /**
     * Sets all parameters.
     *
     * @param connection the connection's character set
     * @param bindings one for each {@code ?}
     * @throws StatementRefused naming the parameter that cannot be converted
     * @throws SQLException if the connection is lost
     */
    void bind(PreparedStatement statement, Charset connection, List<Parameter> bindings) throws SQLException {
        ParameterTarget[] targets = ParameterTarget.of(statement, connection);
        if (targets.length != bindings.size()) {
            throw StatementRefused.badParameter(
                    "The database sees " + targets.length + " parameters where " + bindings.size() + " are given.");
        }
        for (int i = 0; i < targets.length; i++) {
            set(statement, i + 1, targets[i], bindings.get(i));
        }
    }

    private void set(PreparedStatement statement, int index, ParameterTarget target, Parameter parameter)
            throws SQLException {
        Object value = values.read(parameter);
        try {
            if (value == null) {
                statement.setNull(index, Types.NULL);
            } else {
                setValue(statement, index, target, value);
            }
        } catch (Unfit e) {
            throw refused(parameter, e.getMessage());
        } catch (SQLException e) {
            if (FirebirdErrors.isConnectionLost(e) || FirebirdErrors.isCancelled(e)) {
                throw e;
            }
            throw refused(parameter, "its value does not fit; the database needs " + target.describe());
        }
    }

    private void setValue(PreparedStatement statement, int index, ParameterTarget target, Object value)
            throws SQLException, Unfit {
        switch (target.kind()) {
            case INTEGER, DECIMAL, DOUBLE -> setNumber(statement, index, target, number(target, value));
            case BOOLEAN -> statement.setBoolean(index, bool(target, value));
            case DATE -> statement.setObject(index, timestamp(target, value).toLocalDate());
            case TIME -> statement.setObject(index, time(target, value));
            case TIMESTAMP -> statement.setObject(index, timestamp(target, value));
            case TEXT, TEXT_BLOB -> setText(statement, index, target, value);
            case BINARY -> setBinary(statement, index, target, value);
            case NULL -> statement.setObject(index, value);
            case OTHER -> statement.setString(index, text(value));
        }
    }

    private static void setNumber(PreparedStatement statement, int index, ParameterTarget target, Number number)
            throws SQLException, Unfit {
        switch (target.kind()) {
            case INTEGER -> {
                try {
                    statement.setLong(index, exact(number).longValueExact());
                } catch (ArithmeticException e) {
                    throw new Unfit("the database needs a whole number in the range of its column");
                }
            }
            case DECIMAL ->
                // Half up is how Firebird itself rounds when it assigns.
                statement.setBigDecimal(index, exact(number).setScale(target.scale(), RoundingMode.HALF_UP));
            default -> {
                if (number instanceof Float single) {
                    statement.setFloat(index, single);
                } else {
                    statement.setDouble(index, number.doubleValue());
                }
            }
        }
    }

    private Number number(ParameterTarget target, Object value) throws SQLException, Unfit {
        if (value instanceof Number number) {
            return number;
        }
        if (value instanceof Boolean bool) {
            return bool ? 1L : 0L;
        }
        if (value instanceof String text) {
            try {
                BigDecimal decimal = ParameterValues.decimal(text);
                if (target.kind() != ParameterTarget.Kind.INTEGER
                        || decimal.stripTrailingZeros().scale() <= 0) {
                    return decimal;
                }
            } catch (NumberFormatException e) {
                // Left to the database, which knows more forms.
            }
            return converted(target, text, Number.class);
        }
        throw unfit(target);
    }

    private static BigDecimal exact(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        return number instanceof Long || number instanceof Integer || number instanceof Short
                ? BigDecimal.valueOf(number.longValue())
                : new BigDecimal(number.toString());
    }

    private boolean bool(ParameterTarget target, Object value) throws SQLException, Unfit {
        if (value instanceof Boolean bool) {
            return bool;
        }
        if (value instanceof Number || value instanceof String) {
            try {
                return ParameterValues.bit(value.toString());
            } catch (IllegalArgumentException e) {
                if (value instanceof String text) {
                    return converted(target, text, Boolean.class);
                }
            }
        }
        throw unfit(target);
    }

    private LocalDateTime timestamp(ParameterTarget target, Object value) throws SQLException, Unfit {
        if (value instanceof LocalDateTime timestamp) {
            return timestamp;
        }
        if (value instanceof LocalDate date) {
            return date.atStartOfDay();
        }
        if (value instanceof String text) {
            Optional<LocalDateTime> read = ParameterValues.dateTime(text);
            return read.isPresent() ? read.get() : asTimestamp(target, text);
        }
        throw unfit(target);
    }

    private LocalDateTime asTimestamp(ParameterTarget target, String text) throws SQLException, Unfit {
        Object converted = converted(target, text, Object.class);
        return converted instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) converted;
    }

    private LocalTime time(ParameterTarget target, Object value) throws SQLException, Unfit {
        if (value instanceof LocalTime time) {
            return time;
        }
        if (value instanceof LocalDateTime timestamp) {
            return timestamp.toLocalTime();
        }
        if (value instanceof String text) {
            Optional<LocalTime> read = ParameterValues.time(text);
            return read.isPresent() ? read.get() : converted(target, text, LocalTime.class);
        }
        throw unfit(target);
    }

    private static void setText(PreparedStatement statement, int index, ParameterTarget target, Object value)
            throws SQLException, Unfit {
        if (value instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
            return;
        }
        String text = text(value);
        CharsetEncoder encoder = target.charset().newEncoder();
        if (!encoder.canEncode(text)) {
            throw new Unfit("it holds a character that the column's character set cannot hold");
        }
        if (target.kind() == ParameterTarget.Kind.TEXT
                && target.length() >= 0
                && text.codePointCount(0, text.length()) > target.length()) {
            throw new Unfit("it is longer than the " + target.length() + " characters that the database takes there");
        }
        statement.setString(index, text);
    }

    private static void setBinary(PreparedStatement statement, int index, ParameterTarget target, Object value)
            throws SQLException, Unfit {
        if (value instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else if (value instanceof UUID uuid) {
            statement.setBytes(
                    index,
                    ByteBuffer.allocate(UUID_BYTES)
                            .putLong(uuid.getMostSignificantBits())
                            .putLong(uuid.getLeastSignificantBits())
                            .array());
        } else if (value instanceof String text) {
            if (!target.charset().newEncoder().canEncode(text)) {
                throw new Unfit("it holds a character that the column cannot hold; use a binary type with base64");
            }
            statement.setBytes(index, text.getBytes(target.charset()));
        } else {
            throw unfit(target);
        }
    }

    private static String text(Object value) {
        if (value instanceof Boolean bool) {
            return bool ? "1" : "0";
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (value instanceof LocalDateTime timestamp) {
            return TIMESTAMP_TEXT.format(timestamp);
        }
        return value instanceof LocalTime time ? TIME_TEXT.format(time) : value.toString();
    }

    private <T> T converted(ParameterTarget target, String text, Class<T> type) throws SQLException, Unfit {
        Object value = target.castType() == null ? null : conversion.convert(text, target.castType());
        if (!type.isInstance(value)) {
            throw unfit(target);
        }
        return type.cast(value);
    }

    private static Unfit unfit(ParameterTarget target) {
        return new Unfit("the database needs " + target.describe());
    }

    private static StatementRefused refused(Parameter parameter, String why) {
        return StatementRefused.badParameter(
                "Parameter @" + parameter.bareName() + " cannot be converted: " + why + ".");
    }

    /** A value that the target cannot take; the message follows the parameter's name. */
    private static final class Unfit extends Exception {

        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message, null, false, false);
        }
    }
}
