package dev.halo.link.firebird;

import java.util.Objects;

/** What came of looking at a database. */
public sealed interface ProbeResult {

    /**
     * The database answered.
     *
     * @param facts null values in it where only a ping was asked for
     */
    record Found(DatabaseFacts facts) implements ProbeResult {
        public Found {
            Objects.requireNonNull(facts, "facts");
        }
    }

    /**
     * It did not.
     *
     * @param message for the practice's administrator: what is wrong and what to look at; holds no secret
     */
    record Failed(Problem problem, String message) implements ProbeResult {
        public Failed {
            Objects.requireNonNull(problem, "problem");
            Objects.requireNonNull(message, "message");
        }
    }

    /** The kinds of trouble with a database, each with a cure of its own. */
    enum Problem {
        /** Nothing answers at the server's address, or it broke off. */
        SERVER_DOWN,
        /** The server does not know the file or alias, or may not open it. */
        DATABASE_MISSING,
        /** The discovery user's name or password is wrong, or the server speaks no authentication that the Link knows. */
        LOGIN_REFUSED,
        /** A probe statement failed, or gave no row or an empty value. */
        PROBE_FAILED,
        /** Anything else that Firebird said. */
        DATABASE_ERROR
    }
}
