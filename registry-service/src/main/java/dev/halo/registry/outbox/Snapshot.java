package dev.halo.registry.outbox;

import dev.halo.protocol.topic.Topic;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;

/** Reads everything that a topic must hold, as of one moment, for a topic that was lost or never written. */
public interface Snapshot {

    /** The topic whose records this gives. */
    Topic topic();

    /**
     * Hands each record to the consumer.
     *
     * @param connection in a read transaction, with the schema on its search path
     */
    void read(Connection connection, Consumer<Publication> records) throws SQLException;
}
