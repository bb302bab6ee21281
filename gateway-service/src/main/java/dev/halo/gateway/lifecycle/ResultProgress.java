package dev.halo.gateway.lifecycle;

import dev.halo.gateway.config.LifecycleConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.messaging.GroupOffsets;
import dev.halo.protocol.topic.Topic;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.CompletionStage;

/** How far the gateways together have handled {@code halo.results}: silence means something only behind that. */
@ApplicationScoped
public class ResultProgress {

    private final GroupOffsets offsets;

    public ResultProgress(Messaging messaging, LifecycleConfig config) {
        this.offsets = new GroupOffsets(messaging.settings(), Topic.RESULTS, config.group());
    }

    void stop(@Observes ShutdownEvent event) {
        offsets.close();
    }

    /** As {@link GroupOffsets#ends()}. */
    public CompletionStage<long[]> ends() {
        return offsets.ends();
    }

    /** As {@link GroupOffsets#hasReached}. */
    public CompletionStage<Boolean> hasReached(long[] ends) {
        return offsets.hasReached(ends);
    }
}
