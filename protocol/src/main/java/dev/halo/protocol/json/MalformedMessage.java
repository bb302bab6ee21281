package dev.halo.protocol.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/**
 * A message from another process that cannot be understood. The text says what was expected and where it failed, never
 * what the message holds, so that it may be logged.
 */
public final class MalformedMessage extends RuntimeException {

    public MalformedMessage(String message) {
        super(message, null, false, false);
    }

    static MalformedMessage of(Class<?> expected, IOException cause) {
        JsonLocation at = cause instanceof JsonProcessingException json ? json.getLocation() : null;
        String where = at == null ? "" : " at byte " + at.getByteOffset();
        return new MalformedMessage("not a " + expected.getSimpleName() + where);
    }
}
