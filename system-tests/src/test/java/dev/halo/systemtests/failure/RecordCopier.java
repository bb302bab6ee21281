package dev.halo.systemtests.failure;

import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes each record of queries, replies and results again: at once, and once more some time later. */
final class RecordCopier implements AutoCloseable {

    private static final String MARK = "copied";
    private static final Duration LATE = Duration.ofSeconds(8);
    private static final List<Topic> COPIED = List.of(Topic.QUERIES, Topic.REPLIES, Topic.RESULTS);

    private record Later(long atNanos, ProducerRecord<byte[], byte[]> copy) {}

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Deque<Later> later = new ArrayDeque<>();
    private final AtomicInteger lateCopies = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "record-copier");
    private volatile boolean closed;

    private RecordCopier(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic topic : COPIED) {
            consumer.partitionsFor(topic.baseName())
                    .forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Copies what is written from now on. */
    static RecordCopier start(String bootstrapServers) {
        RecordCopier copier = new RecordCopier(bootstrapServers);
        copier.thread.start();
        return copier;
    }

    /** How many records have been written for the third time, late. */
    int lateCopies() {
        return lateCopies.get();
    }

    private void run() {
        while (!closed) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                if (record.headers().lastHeader(MARK) == null) {
                    producer.send(copy(record));
                    later.add(new Later(System.nanoTime() + LATE.toNanos(), copy(record)));
                }
            }
            while (!later.isEmpty() && later.peek().atNanos() - System.nanoTime() <= 0) {
                producer.send(later.poll().copy(), (written, failure) -> {
                    if (failure == null) {
                        lateCopies.incrementAndGet();
                    }
                });
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> record) {
        ProducerRecord<byte[], byte[]> copy =
                new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value());
        record.headers().forEach(copy.headers()::add);
        copy.headers().add(MARK, "yes".getBytes(StandardCharsets.UTF_8));
        return copy;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        producer.close();
    }
}
