package dev.halo.protocol.frame;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import dev.halo.protocol.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a WebSocket message: one byte version, four bytes length of the header (big endian), the header's JSON,
 * the body's bytes as they are. All messages are binary.
 */
public final class FrameCodec {

    /** The newest version this build speaks; it serves this one and the one before. */
    public static final int VERSION = 1;

    /** The oldest version this build serves. */
    public static final int OLDEST_VERSION = 1;

    /** Bytes of a header; a query's header holds its SQL and its parameters. */
    public static final int MAX_HEADER_BYTES = 1024 * 1024;

    private static final int PREFIX = 5;
    private static final ObjectWriter WRITER = Json.writerFor(Frame.class);

    private FrameCodec() {}

    /** What a message held. */
    public sealed interface Decoded {
        /**
         * @param body a view into the message, empty for most frames
         */
        record Known(Frame frame, ByteBuffer body) implements Decoded {}

        /** A frame of a newer version; it is counted and otherwise left alone. */
        record Unknown() implements Decoded {}

        /**
         * @param reason never quotes the message
         */
        record Malformed(String reason) implements Decoded {}
    }

    public static ByteBuffer encode(Frame frame) {
        return encode(frame, ByteBuffer.allocate(0));
    }

    /**
     * A message with a body; the body's position is left where it is.
     *
     * @throws IllegalArgumentException if the header is larger than {@link #MAX_HEADER_BYTES}
     */
    public static ByteBuffer encode(Frame frame, ByteBuffer body) {
        byte[] header;
        try {
            header = WRITER.writeValueAsBytes(frame);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be written as JSON: " + frame.getClass().getSimpleName(), e);
        }
        if (header.length > MAX_HEADER_BYTES) {
            throw new IllegalArgumentException(frame.getClass().getSimpleName() + " has " + header.length
                    + " bytes of header, more than " + MAX_HEADER_BYTES);
        }
        return ByteBuffer.allocate(PREFIX + header.length + body.remaining())
                .put((byte) VERSION)
                .putInt(header.length)
                .put(header)
                .put(body.duplicate())
                .flip();
    }

    /** Never throws for what another process sent. */
    public static Decoded decode(ByteBuffer message) {
        ByteBuffer in = message.duplicate();
        if (in.remaining() < PREFIX) {
            return new Decoded.Malformed("shorter than its prefix");
        }
        // The layout is the same in all versions, so that a newer Link's hello can be read and answered.
        if (in.get() < OLDEST_VERSION) {
            return new Decoded.Malformed("no such version");
        }
        int length = in.getInt();
        if (length < 2 || length > MAX_HEADER_BYTES || length > in.remaining()) {
            return new Decoded.Malformed("header length " + length + " with " + in.remaining() + " bytes left");
        }
        byte[] header = new byte[length];
        in.get(header);
        try {
            Frame frame = Json.readerFor(Frame.class).readValue(header);
            return frame == null ? new Decoded.Malformed("null header") : new Decoded.Known(frame, in.slice());
        } catch (InvalidTypeIdException e) {
            // Without a name it is no frame at all.
            return e.getTypeId() == null ? new Decoded.Malformed("header names no frame") : new Decoded.Unknown();
        } catch (IOException e) {
            return new Decoded.Malformed("header is not a frame");
        }
    }
}
