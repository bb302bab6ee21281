package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotConsumerIT {

    private static final int SLOT = 4;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private TestKafka kafka;
    private SlotConsumer consumer;

    @BeforeEach
    void connect() {
        kafka = TestKafka.withTopics(Topic.QUERIES);
        consumer = new SlotConsumer(kafka.settings(), Topic.QUERIES, SLOT, record -> {
            String text = new String(record.value(), StandardCharsets.UTF_8);
            if (text.equals("bad")) {
                throw new IllegalStateException("a handler's bug");
            }
            heard.add(text);
        });
    }

    @AfterEach
    void disconnect() {
        consumer.close();
        kafka.close();
    }

    @Test
    void whatWasThereBeforeIsNeverRead() throws Exception {
        // Given records for an earlier instance of the slot
        put(SLOT, "old1");
        put(SLOT, "old2");

        // When a new instance starts and gets a record
        position();
        put(SLOT, "new");

        // Then that is all it reads
        await().atMost(TestKafka.PATIENCE).until(() -> !heard.isEmpty());
        assertThat(heard).containsExactly("new");
        assertThat(consumer.handledRecords()).isOne();
    }

    @Test
    void recordsOfOtherSlotsAreNotRead() throws Exception {
        position();

        put(SLOT + 1, "another's");
        put(SLOT, "mine");

        await().atMost(TestKafka.PATIENCE).until(() -> !heard.isEmpty());
        assertThat(heard).containsExactly("mine");
    }

    @Test
    void recordsAreHandledInTheirOrder() throws Exception {
        position();
        List<String> sent = IntStream.range(0, 300).mapToObj(i -> "record" + i).toList();

        sent.forEach(text -> put(SLOT, text));

        await().atMost(TestKafka.PATIENCE).untilAsserted(() -> assertThat(heard).hasSize(sent.size()));
        assertThat(heard).containsExactlyElementsOf(sent);
    }

    @Test
    void aHandlerThatFailsIsCountedAndTheNextRecordHandled() throws Exception {
        position();

        put(SLOT, "bad");
        put(SLOT, "good");

        await().atMost(TestKafka.PATIENCE).until(() -> !heard.isEmpty());
        assertThat(heard).containsExactly("good");
        assertThat(consumer.failedRecords()).isOne();
        assertThat(consumer.handledRecords()).isEqualTo(2);
    }

    @Test
    void aClosedConsumerReadsNothing() throws Exception {
        // Given a consumer that was positioned and closed
        position();
        consumer.close();

        // When records come, then another consumer reads them and this one does not
        List<String> other = new CopyOnWriteArrayList<>();
        try (SlotConsumer next =
                new SlotConsumer(kafka.settings(), Topic.QUERIES, SLOT, record -> other.add(record.key()))) {
            next.start().positioned().toCompletableFuture().get(30, TimeUnit.SECONDS);
            put(SLOT, "later");
            await().atMost(TestKafka.PATIENCE).until(() -> !other.isEmpty());
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aConsumerThatWasNeverStartedCanBeClosed() {
        consumer.close();

        assertThat(consumer.positioned().toCompletableFuture()).isCompletedExceptionally();
        assertThat(consumer.isPositioned()).isFalse();
    }

    private void position() throws Exception {
        consumer.start().positioned().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(consumer.isPositioned()).isTrue();
    }

    private void put(int slot, String text) {
        kafka.put(new ProducerRecord<>(kafka.name(Topic.QUERIES), slot, "key", text.getBytes(StandardCharsets.UTF_8)));
    }
}
