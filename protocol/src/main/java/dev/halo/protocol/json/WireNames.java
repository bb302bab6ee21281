package dev.halo.protocol.json;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks an enum's constant up by its name on the wire. */
public final class WireNames {

    private WireNames() {}

    /**
     * The constant with exactly this name.
     *
     * @throws IllegalArgumentException naming the values that would be right, not quoting the one that is not
     */
    public static <E extends Enum<E>> E find(E[] values, Function<E, String> wire, String name) {
        for (E value : values) {
            if (wire.apply(value).equals(name)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "must be one of " + Arrays.stream(values).map(wire).collect(Collectors.joining(", ")));
    }
}
