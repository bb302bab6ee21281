package dev.halo.protocol.header;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.golden.Samples;
import dev.halo.protocol.header.MessageHeaders.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MessageHeadersTest {

    private static final MessageHeaders FULL = new MessageHeaders(
            MessageType.QUERY,
            Samples.QUERY,
            Samples.INTEGRATOR,
            Samples.LINK,
            Samples.SESSION,
            29_500L,
            Samples.TRACEPARENT);

    @Test
    void headersComeBack() {
        assertThat(MessageHeaders.parse(FULL.toMap()::get)).isEqualTo(new Parsed.Valid(FULL));
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void headersOfEachTypeComeBack(MessageType type) {
        MessageHeaders headers = MessageHeaders.of(type);

        assertThat(MessageHeaders.parse(headers.toMap()::get)).isEqualTo(new Parsed.Valid(headers));
        assertThat(headers.toMap()).containsOnlyKeys(MessageHeaders.TYPE, MessageHeaders.VERSION_HEADER);
    }

    @Test
    void headersOfANewerSenderAreIgnored() {
        Map<String, byte[]> map = FULL.toMap();
        map.put("halo-added-later", new byte[] {1});
        map.put(MessageHeaders.VERSION_HEADER, text("2"));

        assertThat(MessageHeaders.parse(map::get)).isEqualTo(new Parsed.Valid(FULL));
    }

    @Test
    void aRecordWithoutHeadersIsInvalid() {
        assertThat(MessageHeaders.parse(name -> null)).isInstanceOf(Parsed.Invalid.class);
    }

    @ParameterizedTest
    @CsvSource({
        "halo-type,MARKER",
        "halo-type,''",
        "halo-version,MARKER",
        "halo-version,0",
        "halo-version,-1",
        "halo-version,99999999999",
        "halo-query-id,MARKER",
        "halo-query-id,''",
        "halo-integrator-id,MARKER",
        "halo-link-id,MARKER",
        "halo-session-id,MARKER",
        "halo-remaining-ms,MARKER",
        "halo-remaining-ms,1.5"
    })
    void aHeaderThatCannotBeReadIsInvalidAndNotQuoted(String name, String value) {
        Map<String, byte[]> map = FULL.toMap();
        map.put(name, text(value));

        assertThat(MessageHeaders.parse(map::get))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                        .doesNotContain("MARKER"));
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(99);
        List<String> names = new ArrayList<>(FULL.toMap().keySet());
        for (int round = 0; round < 20_000; round++) {
            Map<String, byte[]> map = FULL.toMap();
            byte[] garbage = new byte[random.nextInt(40)];
            random.nextBytes(garbage);
            map.put(names.get(random.nextInt(names.size())), garbage);
            assertThat(MessageHeaders.parse(map::get)).isNotNull();
        }
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
