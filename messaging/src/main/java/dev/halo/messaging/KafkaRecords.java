package dev.halo.messaging;

import dev.halo.protocol.header.MessageHeaders;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Between Kafka's records and the protocol's messages. */
public final class KafkaRecords {

    private KafkaRecords() {}

    /**
     * A record with the suite's headers.
     *
     * @param partition null: by key
     */
    public static ProducerRecord<String, byte[]> record(
            String topic, Integer partition, String key, MessageHeaders headers, byte[] value) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, key, value);
        headers.toMap().forEach((name, bytes) -> record.headers().add(name, bytes));
        return record;
    }

    public static MessageHeaders.Parsed headers(ConsumerRecord<?, ?> record) {
        return MessageHeaders.parse(name -> {
            Header header = record.headers().lastHeader(name);
            return header == null ? null : header.value();
        });
    }

    /** The bytes of a buffer: its own array where that holds nothing else. */
    public static byte[] bytes(ByteBuffer buffer) {
        if (buffer.hasArray()
                && buffer.arrayOffset() == 0
                && buffer.position() == 0
                && buffer.remaining() == buffer.array().length) {
            return buffer.array();
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }

    /** How long ago a record was sent, in milliseconds; never negative, whatever the sender's clock says. */
    public static long ageMillis(ConsumerRecord<?, ?> record, long nowMillis) {
        return Math.max(0, nowMillis - record.timestamp());
    }
}
