package dev.halo.routing.session;

import dev.halo.messaging.KafkaRecords;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.topic.Topic;
import dev.halo.routing.outcome.RecordPublisher;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.RecordMetadata;

/** What the bridge writes about its sessions to {@code halo.sessions} and {@code halo.results}. */
final class SessionLog {

    private final RecordPublisher publisher;
    private final String sessions;
    private final String results;

    SessionLog(RecordPublisher publisher, String topicPrefix) {
        this.publisher = publisher;
        this.sessions = Topic.SESSIONS.name(topicPrefix);
        this.results = Topic.RESULTS.name(topicPrefix);
    }

    CompletionStage<RecordMetadata> write(SessionRecord record) {
        MessageHeaders headers =
                new MessageHeaders(MessageType.SESSION, null, null, record.linkId(), record.sessionId(), null, null);
        return publisher.publish(
                KafkaRecords.record(sessions, null, record.linkId().toString(), headers, Json.bytes(record)));
    }

    CompletionStage<RecordMetadata> write(AuthorityConfirmation confirmation) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.AUTHORITY_CONFIRMATION,
                null,
                null,
                confirmation.linkId(),
                confirmation.sessionId(),
                null,
                null);
        return publisher.publish(
                KafkaRecords.record(sessions, null, confirmation.key(), headers, Json.bytes(confirmation)));
    }

    CompletionStage<RecordMetadata> write(SessionOpened event) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.SESSION_OPENED, null, null, event.linkId(), event.sessionId(), null, null);
        return publisher.publish(
                KafkaRecords.record(results, null, event.linkId().toString(), headers, Json.bytes(event)));
    }
}
