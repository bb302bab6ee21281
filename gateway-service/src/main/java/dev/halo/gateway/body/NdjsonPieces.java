package dev.halo.gateway.body;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Rows as newline-delimited JSON, made of the pieces of a JSON array of objects without parsing them: all that must be
 * known is how deep a byte lies and whether it is in a string. UTF-8 has no byte of ASCII inside of a character.
 */
public final class NdjsonPieces implements Pieces {

    private final Pieces array;
    private int depth;
    private boolean inString;
    private boolean escaped;

    /** @param array valid JSON; closed with this */
    public NdjsonPieces(Pieces array) {
        this.array = array;
    }

    @Override
    public long length() {
        return UNKNOWN;
    }

    @Override
    public byte[] next() throws IOException {
        for (byte[] piece = array.next(); piece != null; piece = array.next()) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream(piece.length);
            for (byte one : piece) {
                take(one, lines);
            }
            if (lines.size() > 0) {
                return lines.toByteArray();
            }
        }
        return null;
    }

    private void take(byte one, ByteArrayOutputStream lines) {
        if (inString) {
            lines.write(one);
            if (escaped) {
                escaped = false;
            } else if (one == '\\') {
                escaped = true;
            } else if (one == '"') {
                inString = false;
            }
            return;
        }
        switch (one) {
            case '[', '{' -> {
                if (depth++ > 0) {
                    lines.write(one);
                }
            }
            case ']', '}' -> {
                if (--depth > 0) {
                    lines.write(one);
                    if (depth == 1) {
                        lines.write('\n');
                    }
                }
            }
            // Between tokens: of no meaning, and a line end would cut the row.
            case ' ', '\t', '\r', '\n' -> {}
            default -> {
                inString = one == '"';
                // A comma between two rows is not part of either.
                if (depth > 1) {
                    lines.write(one);
                }
            }
        }
    }

    @Override
    public void close() {
        array.close();
    }
}
