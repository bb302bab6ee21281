package dev.halo.gateway.page;

/**
 * What is known of a stored page without reading it.
 *
 * @param number from 1
 * @param rows their number
 * @param firstRow number of its first row in the result, from 0
 * @param size bytes of JSON
 * @param storedSize bytes as stored
 */
public record PageInfo(int number, long rows, long firstRow, long size, int storedSize) {

    /** Number of its last row in the result; one before its first where it has none. */
    public long lastRow() {
        return firstRow + rows - 1;
    }
}
