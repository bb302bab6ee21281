package dev.halo.gateway.lifecycle;

import dev.halo.protocol.header.MessageType;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Handles records of {@code halo.results}. All handlers of a type are called one after the other; each leaves alone what
 * is about ids that are not its own. Records may come twice and late, so handling is idempotent.
 */
public interface ResultHandler {

    /** The types that it wants to see. */
    Set<MessageType> types();

    /**
     * Handles a record; it must not block.
     *
     * @return completes when all is committed; a failure means that the record is given again
     * @throws dev.halo.protocol.json.MalformedMessage if the value cannot be read: the record is counted and left
     */
    CompletionStage<Void> handle(ResultRecord record);
}
