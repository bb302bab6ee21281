package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class KafkaRecordsTest {

    @Test
    void headersArriveAsTheyWereSent() {
        // Given a record with all headers
        MessageHeaders headers = new MessageHeaders(
                MessageType.QUERY,
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                1_234L,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        // When it is sent
        ProducerRecord<String, byte[]> sent = KafkaRecords.record("topic", 3, "key", headers, new byte[] {1});

        // Then it has its partition and key, and its headers are read as they were
        assertThat(sent.partition()).isEqualTo(3);
        assertThat(sent.key()).isEqualTo("key");
        ConsumerRecord<String, byte[]> received = received(0);
        sent.headers().forEach(received.headers()::add);
        assertThat(KafkaRecords.headers(received)).isEqualTo(new MessageHeaders.Parsed.Valid(headers));
    }

    @Test
    void aRecordWithoutHeadersIsInvalid() {
        assertThat(KafkaRecords.headers(received(0))).isInstanceOf(MessageHeaders.Parsed.Invalid.class);
    }

    @Test
    void anAgeIsNeverNegative() {
        assertThat(KafkaRecords.ageMillis(received(1_000), 1_500)).isEqualTo(500);
        assertThat(KafkaRecords.ageMillis(received(1_500), 1_000)).isZero();
    }

    @Test
    void onlyAnArrayThatHoldsNothingElseIsTakenAsItIs() {
        byte[] whole = {1, 2, 3, 4};

        assertThat(KafkaRecords.bytes(ByteBuffer.wrap(whole))).isSameAs(whole);
        assertThat(KafkaRecords.bytes(ByteBuffer.wrap(whole, 1, 2))).containsExactly(2, 3);
        assertThat(KafkaRecords.bytes(ByteBuffer.wrap(whole, 0, 2))).containsExactly(1, 2);
        assertThat(KafkaRecords.bytes(ByteBuffer.wrap(whole, 1, 3).slice())).containsExactly(2, 3, 4);
        assertThat(KafkaRecords.bytes(ByteBuffer.wrap(whole).asReadOnlyBuffer()))
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void takingTheBytesLeavesTheBufferAsItIs() {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 2);

        KafkaRecords.bytes(buffer);

        assertThat(buffer.position()).isOne();
        assertThat(buffer.remaining()).isEqualTo(2);
    }

    private static ConsumerRecord<String, byte[]> received(long timestamp) {
        return new ConsumerRecord<>(
                "topic",
                3,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                3,
                1,
                "key",
                new byte[] {1},
                new RecordHeaders(),
                java.util.Optional.empty());
    }
}
