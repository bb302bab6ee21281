package dev.halo.protocol.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;

/**
 * The one JSON dialect between the suite's processes: unknown fields are ignored (a newer sender may add some), absent
 * fields are null, instants are ISO-8601 text.
 */
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    private Json() {}

    /** A reader of one record type; readers are immutable and shared between threads. */
    public static ObjectReader readerFor(Class<?> type) {
        return MAPPER.readerFor(type);
    }

    /** A writer of one record type; writers are immutable and shared between threads. */
    public static ObjectWriter writerFor(Class<?> type) {
        return MAPPER.writerFor(type);
    }

    /** The UTF-8 JSON of a record of this module. */
    public static byte[] bytes(Object record) {
        try {
            return MAPPER.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be written as JSON: " + record.getClass().getSimpleName(), e);
        }
    }

    /**
     * Reads a record.
     *
     * @throws MalformedMessage if the bytes are not the JSON of such a record; its message never quotes the bytes
     */
    public static <T> T read(byte[] utf8, Class<T> type) {
        return read(utf8, 0, utf8.length, type);
    }

    /** As {@link #read(byte[], Class)}, from a part of the array. */
    public static <T> T read(byte[] utf8, int offset, int length, Class<T> type) {
        T value;
        try {
            value = MAPPER.readValue(utf8, offset, length, type);
        } catch (IOException e) {
            throw MalformedMessage.of(type, e);
        }
        if (value == null) {
            throw new MalformedMessage("not a " + type.getSimpleName() + ": null");
        }
        return value;
    }
}
