package dev.halo.gateway.query;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Query ids: UUIDs of version 7, whose first 48 bits are the time of creation in milliseconds. So a query's partition is
 * found from its id alone.
 */
public final class QueryIds {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long RANDOM_A = 0xFFFL;
    private static final long RANDOM_B = 0x3FFFFFFFFFFFFFFFL;

    private QueryIds() {}

    /** A new id of a query created at this moment. */
    public static UUID at(Instant createdAt) {
        long high = createdAt.toEpochMilli() << 16 | 0x7000L | RANDOM.nextLong() & RANDOM_A;
        long low = RANDOM.nextLong() & RANDOM_B | 0x8000000000000000L;
        return new UUID(high, low);
    }

    /** When the query of an id was created, to the millisecond; empty for an id that was not made here. */
    public static Optional<Instant> createdAt(UUID id) {
        return id.version() == 7 && id.variant() == 2
                ? Optional.of(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
                : Optional.empty();
    }
}
