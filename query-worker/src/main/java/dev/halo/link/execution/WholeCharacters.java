package dev.halo.link.execution;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Never ends a read between the halves of a surrogate pair: the JSON writer takes each read for itself. */
final class WholeCharacters extends FilterReader {

    private static final int NONE = -1;

    private int held = NONE;

    WholeCharacters(Reader in) {
        super(in);
    }

    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
        int start = offset;
        if (held != NONE && length > 1) {
            chars[start++] = (char) held;
        }
        int read = in.read(chars, start, length - (start - offset));
        if (read < 0) {
            held = NONE;
            return start == offset ? read : start - offset;
        }
        int total = start - offset + read;
        held = NONE;
        if (total > 1 && Character.isHighSurrogate(chars[offset + total - 1])) {
            held = chars[offset + total - 1];
            total--;
        }
        return total;
    }
}
