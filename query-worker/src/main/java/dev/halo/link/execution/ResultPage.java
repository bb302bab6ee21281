package dev.halo.link.execution;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * A JSON array of whole rows.
 *
 * @param number from 1
 * @param buffer holds the array's UTF-8 from its start; it is used again after the page has been taken
 * @param length bytes of it
 * @param firstRow position of the first row in the result, from 0
 * @param rows how many; 0 only for a result without rows
 */
public record ResultPage(int number, byte[] buffer, int length, long firstRow, int rows) {

    /** A copy of the array's bytes, to be kept. */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    /** Writes the array's bytes without a copy in between. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(buffer, 0, length);
    }

    /** Never the rows. */
    @Override
    public String toString() {
        return "ResultPage[" + number + ", " + rows + " rows]";
    }
}
