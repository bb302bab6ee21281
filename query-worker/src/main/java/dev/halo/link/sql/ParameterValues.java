package dev.halo.link.sql;

import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a parameter's text as its declared type says, without regard to the database: integers as {@link Long}, the other
 * exact numbers as {@link BigDecimal}, {@link Double}, {@link Float}, {@link Boolean}, {@link LocalDate},
 * {@link LocalTime}, {@link LocalDateTime}, {@link UUID}, {@code byte[]}, and {@link String} for text and for a parameter
 * without a type.
 */
public final class ParameterValues {

    /** More digits than any number that Firebird can hold; longer texts would only cost time. */
    private static final int MAX_NUMBER_CHARS = 400;

    private static final int MAX_EXPONENT = 400;

    private final ZoneId databaseZone;

    /** @param databaseZone the zone of the practice's database, whose times have none */
    public ParameterValues(ZoneId databaseZone) {
        this.databaseZone = databaseZone;
    }

    /**
     * The value of one parameter, null for SQL NULL.
     *
     * @throws StatementRefused naming the parameter and what its type needs, never the value
     */
    public Object read(Parameter parameter) {
        ParameterType type = parameter.type();
        if (type == ParameterType.STRUCTURED || type == ParameterType.UDT || type == ParameterType.VARIANT) {
            throw refused(parameter, "type " + type.wire() + " has no counterpart in the database");
        }
        String value = parameter.value();
        if (value == null || type == null) {
            return value;
        }
        try {
            return read(parameter, type, value);
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            throw refused(parameter, "its value is not a " + type.wire() + "; needed is " + needed(type));
        }
    }

    private Object read(Parameter parameter, ParameterType type, String value) {
        return switch (type) {
            case BIG_INT -> integer(value, Long.MIN_VALUE, Long.MAX_VALUE);
            case INT -> integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case SMALL_INT -> integer(value, Short.MIN_VALUE, Short.MAX_VALUE);
            case TINY_INT -> integer(value, 0, 255);
            case DECIMAL, MONEY, SMALL_MONEY -> decimal(value);
            case FLOAT -> finite(decimal(value).doubleValue());
            case REAL -> finite(decimal(value).floatValue());
            case BIT -> bit(value);
            case DATE -> Temporals.dateTime(value).toLocalDate();
            case DATE_TIME, DATE_TIME_2, SMALL_DATE_TIME -> Temporals.dateTime(value);
            case DATE_TIME_OFFSET ->
                OffsetDateTime.parse(Temporals.iso(value))
                        .atZoneSameInstant(databaseZone)
                        .toLocalDateTime();
            case TIME -> Temporals.time(value);
            case BINARY, VARBINARY, IMAGE, TIMESTAMP -> Base64.getDecoder().decode(value.strip());
            case UNIQUE_IDENTIFIER -> uuid(value);
            case CHAR, NCHAR, VARCHAR, NVARCHAR, TEXT, NTEXT, STRING, XML -> value;
            case STRUCTURED, UDT, VARIANT -> throw refused(parameter, "its type is not served");
        };
    }

    private static Long integer(String value, long min, long max) {
        BigInteger integer = decimal(value).toBigIntegerExact();
        if (integer.compareTo(BigInteger.valueOf(min)) < 0 || integer.compareTo(BigInteger.valueOf(max)) > 0) {
            throw new ArithmeticException("out of range");
        }
        return integer.longValueExact();
    }

    /**
     * An exact number.
     *
     * @throws NumberFormatException if it is none, or has an exponent that no column can hold
     */
    public static BigDecimal decimal(String value) {
        BigDecimal decimal = new BigDecimal(number(value));
        if (Math.abs((long) decimal.scale()) > MAX_EXPONENT) {
            throw new NumberFormatException("exponent out of range");
        }
        return decimal;
    }

    private static String number(String value) {
        String number = value.strip();
        if (number.length() > MAX_NUMBER_CHARS) {
            throw new NumberFormatException("too long");
        }
        return number;
    }

    private static Double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new NumberFormatException("not finite");
        }
        return value;
    }

    private static Float finite(float value) {
        if (!Float.isFinite(value)) {
            throw new NumberFormatException("not finite");
        }
        return value;
    }

    /**
     * A bit: 1, 0, true or false.
     *
     * @throws IllegalArgumentException if it is none of the four forms
     */
    public static Boolean bit(String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw new IllegalArgumentException("not a bit");
        };
    }

    /** A date with or without a time, empty if the text is in no ISO form. */
    public static Optional<LocalDateTime> dateTime(String value) {
        try {
            return Optional.of(Temporals.dateTime(value));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A time, empty if the text is in no ISO form. */
    public static Optional<LocalTime> time(String value) {
        try {
            return Optional.of(Temporals.time(value));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static UUID uuid(String value) {
        String text = value.strip();
        if (text.startsWith("{") && text.endsWith("}")) {
            text = text.substring(1, text.length() - 1);
        }
        if (text.length() != 36) {
            throw new IllegalArgumentException("not a UUID");
        }
        return UUID.fromString(text);
    }

    private static String needed(ParameterType type) {
        return switch (type) {
            case BIG_INT, INT, SMALL_INT, TINY_INT -> "a whole number in its range";
            case DECIMAL, MONEY, SMALL_MONEY, FLOAT, REAL -> "a number";
            case BIT -> "1, 0, true or false";
            case DATE -> "yyyy-MM-dd";
            case DATE_TIME, DATE_TIME_2, SMALL_DATE_TIME ->
                "yyyy-MM-ddTHH:mm:ss[.fff] without an offset (DateTimeOffset has one)";
            case DATE_TIME_OFFSET -> "yyyy-MM-ddTHH:mm:ss[.fff] with an offset";
            case TIME -> "HH:mm:ss[.fff]";
            case BINARY, VARBINARY, IMAGE, TIMESTAMP -> "base64";
            case UNIQUE_IDENTIFIER -> "a UUID";
            default -> "text";
        };
    }

    static StatementRefused refused(Parameter parameter, String why) {
        return StatementRefused.badParameter(
                "Parameter @" + parameter.bareName() + " cannot be converted: " + why + ".");
    }
}
