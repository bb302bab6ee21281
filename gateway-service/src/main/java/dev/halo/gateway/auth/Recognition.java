package dev.halo.gateway.auth;

import java.util.function.Predicate;

/** What became of a credential. */
public sealed interface Recognition {

    /**
     * It is good.
     *
     * @param admits whether the caller may call from an address, given as its 4 or 16 bytes
     */
    record Recognised(Caller caller, Predicate<byte[]> admits) implements Recognition {}

    /**
     * It is not.
     *
     * @param message says which check failed, for the caller
     * @param settled whether newer views could not change that
     */
    record Rejected(String message, boolean settled) implements Recognition {}
}
