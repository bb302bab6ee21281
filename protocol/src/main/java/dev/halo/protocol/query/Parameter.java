package dev.halo.protocol.query;

import java.util.Objects;

/**
 * One parameter of a command, or one value that came out of it.
 *
 * @param name with or without a leading {@code @}; case does not matter
 * @param direction never null; the integrator API's default is {@link Direction#INPUT}
 * @param type the integrator's type name; null where the integrator gave none
 * @param value text, also for numbers and dates; null is SQL NULL. Of an output: base64 of the value's UTF-8 text
 * @param size the declared size, null where none was given; the Link does not use it
 */
public record Parameter(String name, Direction direction, ParameterType type, String value, Integer size) {

    public Parameter {
        Objects.requireNonNull(name, "name");
        direction = direction == null ? Direction.INPUT : direction;
    }

    /** The name as it is compared: without the {@code @}. */
    public String bareName() {
        return name.startsWith("@") ? name.substring(1) : name;
    }

    /** Never the value: it may be a patient's. */
    @Override
    public String toString() {
        return "Parameter[" + direction.wire() + "]";
    }
}
