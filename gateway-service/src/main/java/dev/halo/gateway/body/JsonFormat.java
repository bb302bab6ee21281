package dev.halo.gateway.body;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The JSON of the integrator API: times in UTC, with {@code Z} and exactly three digits of milliseconds. */
@Singleton
public class JsonFormat implements ObjectMapperCustomizer {

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public void customize(ObjectMapper mapper) {
        SimpleModule times = new SimpleModule("times");
        // Not as a serializer of the module: whichever module is registered last would win.
        times.setSerializerModifier(new BeanSerializerModifier() {
            @Override
            public JsonSerializer<?> modifySerializer(
                    SerializationConfig config, BeanDescription type, JsonSerializer<?> serializer) {
                return type.getBeanClass() == Instant.class ? new MillisSerializer() : serializer;
            }
        });
        mapper.registerModule(times);
    }

    /** After Quarkus's own customizers: the serializer that is registered last wins over that of their time module. */
    @Override
    public int priority() {
        return MINIMUM_PRIORITY;
    }

    /** A time as the API writes it. */
    public static String format(Instant time) {
        return MILLIS.format(time);
    }

    private static final class MillisSerializer extends JsonSerializer<Instant> {
        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider serializers) throws IOException {
            out.writeString(format(value));
        }
    }
}
