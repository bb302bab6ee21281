package dev.halo.link.upload;

import java.time.Duration;

/** What became of one attempt to PUT something to a gateway. */
sealed interface Answer {

    /** The gateway has it. */
    record Stored() implements Answer {}

    /** It may be taken later: the gateway or its database is away, or too busy. */
    record Later(Duration notBefore) implements Answer {}

    /** It will never be taken. */
    record Refused(int status) implements Answer {}
}
