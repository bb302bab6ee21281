package dev.halo.protocol.query;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of an outcome on {@code halo.replies}, {@code halo.results} and in the body of an {@code ended} frame: four
 * bytes length of the header (big endian), the outcome's JSON, then the rows' JSON where they are inline. The Link makes
 * them once; bridge and Kafka carry them untouched; the gateway encodes the rows to base64 straight from them.
 */
public final class OutcomeCodec {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final ObjectWriter WRITER = Json.writerFor(Outcome.class);
    private static final ObjectReader READER = Json.readerFor(Outcome.class);

    private OutcomeCodec() {}

    /**
     * @param rows the rows' JSON, a view into the message; empty where they are not inline
     */
    public record Decoded(Outcome outcome, ByteBuffer rows) {}

    public static ByteBuffer encode(Outcome outcome) {
        return encode(outcome, NOTHING);
    }

    /** With the rows' JSON; its position is left where it is. */
    public static ByteBuffer encode(Outcome outcome, ByteBuffer rows) {
        try {
            byte[] header = WRITER.writeValueAsBytes(outcome);
            return ByteBuffer.allocate(4 + header.length + rows.remaining())
                    .putInt(header.length)
                    .put(header)
                    .put(rows.duplicate())
                    .flip();
        } catch (IOException e) {
            throw new IllegalArgumentException("outcome cannot be written as JSON", e);
        }
    }

    /** @throws MalformedMessage whose text never quotes the message */
    public static Decoded decode(ByteBuffer message) {
        ByteBuffer in = message.duplicate();
        if (in.remaining() < 4) {
            throw new MalformedMessage("outcome shorter than its prefix");
        }
        int length = in.getInt();
        if (length < 2 || length > in.remaining()) {
            throw new MalformedMessage("outcome header length " + length + " with " + in.remaining() + " bytes left");
        }
        byte[] header = new byte[length];
        in.get(header);
        try {
            Outcome outcome = READER.readValue(header);
            if (outcome == null) {
                throw new MalformedMessage("outcome header is null");
            }
            return checked(outcome, in.slice());
        } catch (IOException e) {
            throw new MalformedMessage("outcome header is not an outcome");
        }
    }

    /** A cut or padded message must not pass for a complete result. */
    private static Decoded checked(Outcome outcome, ByteBuffer rows) {
        boolean inline = outcome instanceof Outcome.Rows result && result.storage() == Outcome.Storage.INLINE;
        long expected = inline ? ((Outcome.Rows) outcome).size() : 0;
        if (rows.remaining() != expected) {
            throw new MalformedMessage("outcome with " + rows.remaining() + " bytes of rows, not " + expected);
        }
        return new Decoded(outcome, rows);
    }
}
