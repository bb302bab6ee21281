package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.messaging.RequestReply.NoReply;
import dev.halo.messaging.RequestReply.NoReply.Cause;
import dev.halo.messaging.RequestReply.Reply;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.topic.Topic;
import dev.halo.test.Background;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestReplyIT {

    /** Nobody reads this slot: what is sent there is never answered. */
    private static final int SILENT_SLOT = 9;

    private static final int ECHO_SLOT = 2;
    private static final int OWN_SLOT = 6;
    private static final int MAX_PENDING = 64;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Predicate<MessageHeaders> ANYBODY = headers -> true;

    private static TestKafka kafka;
    private static KafkaProducer<String, byte[]> echoProducer;
    private static SlotConsumer echo;
    private static final UUID ECHO_LINK = UUID.randomUUID();

    private RequestReply requests;

    @BeforeAll
    static void startEcho() {
        kafka = TestKafka.withTopics(Topic.QUERIES, Topic.REPLIES);
        echoProducer = KafkaClients.producer(kafka.settings(), "echo");
        echo = kafka.echo(ECHO_SLOT, OWN_SLOT, ECHO_LINK, echoProducer);
    }

    @AfterAll
    static void stopEcho() {
        echo.close();
        echoProducer.close(Duration.ofSeconds(2));
        kafka.close();
    }

    @BeforeEach
    void connect() throws Exception {
        requests = with(kafka.producer());
    }

    @AfterEach
    void disconnect() {
        requests.close();
    }

    @Test
    void twoThousandRequestsInARowAreAllAnswered() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            // Given a request, when it is sent, then its own answer comes
            assertThat(answer(ask(ECHO_SLOT, "request" + i))).isEqualTo("request" + i);
        }
        assertThat(requests.pendingRequests()).isZero();
        assertThat(requests.lateReplies()).isZero();
        assertThat(requests.foreignReplies()).isZero();
        assertThat(requests.malformedReplies()).isZero();
    }

    @Test
    void sixtyFourCallersAtOnceGetEachTheirOwnAnswers() {
        // Given 64 callers, each with one request under way all the time
        AtomicInteger answered = new AtomicInteger();

        // When each asks fifty times
        List<CompletableFuture<Void>> callers = IntStream.range(0, MAX_PENDING)
                .mapToObj(caller -> askOften("caller" + caller, 50, answered))
                .toList();

        // Then no answer is lost or swapped
        assertThat(callers).allSatisfy(caller -> caller.get(120, TimeUnit.SECONDS));
        assertThat(answered).hasValue(MAX_PENDING * 50);
        assertThat(requests.pendingRequests()).isZero();
        assertThat(requests.lateReplies()).isZero();
    }

    @Test
    void aReplyThatComesBeforeTheAcknowledgementCounts() throws Exception {
        // Given a producer that learns late that Kafka has its record
        HeldProducer held = new HeldProducer(kafka.producer());
        try (RequestReply early = with(held.producer())) {
            // When the reply is there already
            UUID id = UUID.randomUUID();
            CompletionStage<Reply> reply =
                    early.send(kafka.request(id, ECHO_SLOT, bytes("fast")), id, ANYBODY, TIMEOUT);

            // Then it is given to the caller, and the acknowledgement changes nothing
            assertThat(answer(reply)).isEqualTo("fast");
            await().atMost(TestKafka.PATIENCE).until(() -> held.held() == 1);
            held.release(null);
            assertThat(early.pendingRequests()).isZero();
        }
    }

    @Test
    void anAcknowledgementThatFailsAfterTheReplyChangesNothing() throws Exception {
        HeldProducer held = new HeldProducer(kafka.producer());
        try (RequestReply early = with(held.producer())) {
            UUID id = UUID.randomUUID();
            CompletionStage<Reply> reply =
                    early.send(kafka.request(id, ECHO_SLOT, bytes("fast")), id, ANYBODY, TIMEOUT);
            assertThat(answer(reply)).isEqualTo("fast");
            await().atMost(TestKafka.PATIENCE).until(() -> held.held() == 1);

            held.release(new org.apache.kafka.common.errors.TimeoutException("the acknowledgement was lost"));

            assertThat(answer(reply)).isEqualTo("fast");
            assertThat(early.pendingRequests()).isZero();
        }
    }

    @Test
    void aRequestThatKafkaDidNotTakeFailsAtOnce() throws Exception {
        HeldProducer held = new HeldProducer(kafka.producer());
        try (RequestReply early = with(held.producer())) {
            UUID id = UUID.randomUUID();
            CompletionStage<Reply> reply = early.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT);
            await().atMost(TestKafka.PATIENCE).until(() -> held.held() == 1);

            held.release(new org.apache.kafka.common.errors.TimeoutException("not written"));

            assertThat(reason(reply)).isEqualTo(Cause.NOT_PUBLISHED);
            assertThat(early.pendingRequests()).isZero();
        }
    }

    @Test
    void aProducerThatThrowsIsARequestNotPublished() throws Exception {
        KafkaProducer<String, byte[]> closed = KafkaClients.producer(kafka.settings(), "closed");
        closed.close();
        try (RequestReply failing = with(closed)) {
            UUID id = UUID.randomUUID();

            CompletionStage<Reply> reply =
                    failing.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT);

            assertThat(reason(reply)).isEqualTo(Cause.NOT_PUBLISHED);
            assertThat(failing.pendingRequests()).isZero();
        }
    }

    @Test
    void whatIsNeverAnsweredEndsAtItsDeadlineAndALateReplyIsCounted() {
        // Given a request that nobody answers
        UUID id = UUID.randomUUID();
        CompletionStage<Reply> reply = requests.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, SHORT);

        // When its time is over
        assertThat(reason(reply)).isEqualTo(Cause.TIMED_OUT);
        assertThat(requests.pendingRequests()).isZero();

        // Then a reply that still comes is counted and goes nowhere
        kafka.put(kafka.reply(id, ECHO_LINK, OWN_SLOT, bytes("late")));
        await().atMost(TestKafka.PATIENCE).until(() -> requests.lateReplies() == 1);
    }

    @Test
    void aForeignReplyIsCountedAndTheRightOneStillAccepted() throws Exception {
        // Given a request that only one Link may answer
        UUID asked = UUID.randomUUID();
        UUID id = UUID.randomUUID();
        CompletionStage<Reply> reply = requests.send(
                kafka.request(id, SILENT_SLOT, bytes("x")), id, headers -> asked.equals(headers.linkId()), TIMEOUT);

        // When another answers first
        kafka.put(kafka.reply(id, UUID.randomUUID(), OWN_SLOT, bytes("foreign")));
        await().atMost(TestKafka.PATIENCE).until(() -> requests.foreignReplies() == 1);
        assertThat(reply.toCompletableFuture()).isNotDone();

        // Then the right one's answer still counts
        kafka.put(kafka.reply(id, asked, OWN_SLOT, bytes("right")));
        assertThat(answer(reply)).isEqualTo("right");
        assertThat(reply.toCompletableFuture().get().headers().linkId()).isEqualTo(asked);
    }

    @Test
    void theSecondReplyToARequestIsLate() throws Exception {
        UUID id = UUID.randomUUID();
        CompletionStage<Reply> reply = requests.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT);

        kafka.put(kafka.reply(id, ECHO_LINK, OWN_SLOT, bytes("first")));
        kafka.put(kafka.reply(id, ECHO_LINK, OWN_SLOT, bytes("second")));

        assertThat(answer(reply)).isEqualTo("first");
        await().atMost(TestKafka.PATIENCE).until(() -> requests.lateReplies() == 1);
    }

    @Test
    void aReplyThatCannotBeReadIsCounted() {
        // Given a reply without headers, and one without a value
        kafka.put(new ProducerRecord<>(kafka.name(Topic.REPLIES), OWN_SLOT, "key", bytes("x")));
        kafka.put(kafka.reply(UUID.randomUUID(), ECHO_LINK, OWN_SLOT, null));

        await().atMost(TestKafka.PATIENCE).until(() -> requests.malformedReplies() == 2);
    }

    @Test
    void moreThanTheBoundAreNotSent() throws Exception {
        // Given as many pending requests as may be
        List<UUID> ids = new ArrayList<>();
        List<CompletionStage<Reply>> pending = new ArrayList<>();
        for (int i = 0; i < MAX_PENDING; i++) {
            UUID id = UUID.randomUUID();
            ids.add(id);
            pending.add(requests.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT));
        }

        // When one more is sent
        UUID surplus = UUID.randomUUID();
        CompletionStage<Reply> refused =
                requests.send(kafka.request(surplus, ECHO_SLOT, bytes("x")), surplus, ANYBODY, TIMEOUT);

        // Then it is refused at once and the others are not touched
        assertThat(reason(refused)).isEqualTo(Cause.TOO_MANY_PENDING);
        assertThat(requests.pendingRequests()).isEqualTo(MAX_PENDING);
        assertThat(pending)
                .allSatisfy(stage -> assertThat(stage.toCompletableFuture()).isNotDone());

        // And when one ends there is room again
        requests.abandon(ids.get(0));
        assertThat(answer(ask(ECHO_SLOT, "again"))).isEqualTo("again");
    }

    @Test
    void anAbandonedRequestEndsAndItsReplyIsLate() {
        UUID id = UUID.randomUUID();
        CompletionStage<Reply> reply = requests.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT);

        requests.abandon(id);
        requests.abandon(id);

        assertThat(reason(reply)).isEqualTo(Cause.ABANDONED);
        assertThat(requests.pendingRequests()).isZero();
        kafka.put(kafka.reply(id, ECHO_LINK, OWN_SLOT, bytes("late")));
        await().atMost(TestKafka.PATIENCE).until(() -> requests.lateReplies() == 1);
    }

    @Test
    void twoPendingRequestsOfOneIdAreABug() {
        UUID id = UUID.randomUUID();
        requests.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT);

        assertThatThrownBy(() -> requests.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT))
                .isInstanceOf(IllegalStateException.class);
        assertThat(requests.pendingRequests()).isOne();
    }

    @Test
    void closingAnswersEverybodyAndTakesNothingNew() {
        UUID id = UUID.randomUUID();
        CompletionStage<Reply> reply = requests.send(kafka.request(id, SILENT_SLOT, bytes("x")), id, ANYBODY, TIMEOUT);

        requests.close();

        assertThat(reason(reply)).isEqualTo(Cause.CLOSED);
        assertThat(reason(ask(ECHO_SLOT, "x"))).isEqualTo(Cause.CLOSED);
        assertThat(requests.pendingRequests()).isZero();
        assertThat(requests.isReady()).isFalse();
    }

    @Test
    void noRequestIsForgottenWhenItIsClosedMeanwhile() {
        // Given callers that send all the time
        List<CompletableFuture<CompletionStage<Reply>>> callers = IntStream.range(0, 40)
                .mapToObj(i -> Background.supply(() -> ask(SILENT_SLOT, "x")))
                .toList();

        // When it is closed in the middle of it
        requests.close();

        // Then each of them is answered
        assertThat(callers)
                .allSatisfy(caller -> assertThat(reason(caller.join())).isEqualTo(Cause.CLOSED));
        assertThat(requests.pendingRequests()).isZero();
    }

    private static RequestReply with(Producer<String, byte[]> producer) throws Exception {
        RequestReply started = new RequestReply(kafka.settings(), producer, OWN_SLOT, MAX_PENDING).start();
        started.ready().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(started.isReady()).isTrue();
        return started;
    }

    private CompletableFuture<Void> askOften(String caller, int times, AtomicInteger answered) {
        if (times == 0) {
            return CompletableFuture.completedFuture(null);
        }
        String text = caller + ":" + times;
        return ask(ECHO_SLOT, text)
                .toCompletableFuture()
                .thenAccept(reply -> {
                    assertThat(text(reply)).isEqualTo(text);
                    answered.incrementAndGet();
                })
                .thenComposeAsync(nothing -> askOften(caller, times - 1, answered));
    }

    private CompletionStage<Reply> ask(int slot, String text) {
        UUID id = UUID.randomUUID();
        return requests.send(kafka.request(id, slot, bytes(text)), id, ANYBODY, TIMEOUT);
    }

    private static String answer(CompletionStage<Reply> reply) throws Exception {
        return text(reply.toCompletableFuture().get(60, TimeUnit.SECONDS));
    }

    private static String text(Reply reply) {
        return StandardCharsets.UTF_8.decode(reply.value().duplicate()).toString();
    }

    private static Cause reason(CompletionStage<Reply> reply) {
        try {
            reply.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
            throw new AssertionError("there is a reply");
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(NoReply.class);
            return ((NoReply) e.getCause()).reason();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
