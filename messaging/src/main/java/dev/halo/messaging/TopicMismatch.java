package dev.halo.messaging;

import java.util.List;

/** Topics that exist but are not what the suite needs; the message names each difference and the right value. */
public final class TopicMismatch extends RuntimeException {

    TopicMismatch(List<String> differences) {
        super("Kafka's topics are not as declared: " + String.join("; ", differences));
    }
}
