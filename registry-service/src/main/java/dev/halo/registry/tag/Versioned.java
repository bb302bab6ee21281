package dev.halo.registry.tag;

/** A view of something that {@code If-Match} can guard. */
public interface Versioned {

    /** Grows with each change of the thing. */
    long version();
}
