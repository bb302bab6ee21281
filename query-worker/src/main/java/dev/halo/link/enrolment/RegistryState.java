package dev.halo.link.enrolment;

import java.time.Instant;

/** How the Link stands with the registry. */
public sealed interface RegistryState {

    /** For the report. */
    String message();

    /** Whether all is as it should be. */
    default boolean isGood() {
        return false;
    }

    /** No registry is configured. */
    record NotConfigured() implements RegistryState {
        @Override
        public String message() {
            return "no cloud is configured (halo.link.cloud-url)";
        }
    }

    /** There is no identity, and no token to get one with. */
    record NotEnrolled(String why) implements RegistryState {
        @Override
        public String message() {
            return "not enrolled: " + why;
        }
    }

    /** Enrolled, and the last exchange went well. */
    record Trusted(Instant tokenExpiresAt) implements RegistryState {
        @Override
        public String message() {
            return "enrolled, token valid until " + tokenExpiresAt;
        }

        @Override
        public boolean isGood() {
            return true;
        }
    }

    /** Enrolled, but the registry cannot be asked or refuses; it is tried again. */
    record Troubled(String why, Instant nextTry) implements RegistryState {
        @Override
        public String message() {
            return why + "; next try at " + nextTry;
        }
    }
}
