package dev.halo.link.registered;

/**
 * From where a registered query's runs are numbered. The cloud takes a number that it has seen for old news, and it may
 * have seen more than it knew when it brought the query: so each process numbers above all earlier ones, and a query that
 * was let go comes back above everything that was numbered before. Guarded by {@link RegisteredQueries}.
 */
final class RunNumbers {

    /** More runs than one process can begin. */
    private static final int BITS_OF_ONE_START = 32;

    private long floor;

    /** @param starts of this installation before this one */
    RunNumbers(long starts) {
        this.floor = starts << BITS_OF_ONE_START;
    }

    /** The last number that counts as used, where others know of one. */
    long after(long known) {
        return Math.max(floor, known);
    }

    /** A registered query is held no more. */
    void gone(Registration registration) {
        floor = Math.max(floor, registration.lastNumber());
    }
}
