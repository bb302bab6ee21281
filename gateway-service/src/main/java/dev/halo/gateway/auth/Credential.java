package dev.halo.gateway.auth;

/** What a request shows to say who calls. */
public sealed interface Credential {

    /** Nothing. */
    record None() implements Credential {}

    /** The header {@link SubscriptionKeys#HEADER}. */
    record SubscriptionKey(String text) implements Credential {
        /** Never the key. */
        @Override
        public String toString() {
            return "SubscriptionKey";
        }
    }

    /** A token of an integrator's client. */
    record BearerToken(String text) implements Credential {
        /** Never the token. */
        @Override
        public String toString() {
            return "BearerToken";
        }
    }
}
