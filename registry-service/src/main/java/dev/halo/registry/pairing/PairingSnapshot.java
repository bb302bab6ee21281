package dev.halo.registry.pairing;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.outbox.Snapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.function.Consumer;

/** All pairings and enablements. */
@ApplicationScoped
public class PairingSnapshot implements Snapshot {

    private static final int FETCH = 500;

    private interface Fact {
        IntegratorFact of(ResultSet row) throws SQLException;
    }

    @Override
    public Topic topic() {
        return Topic.INTEGRATORS;
    }

    @Override
    public void read(Connection connection, Consumer<Publication> records) throws SQLException {
        read(connection, "pairing", PairingSnapshot::pairing, records);
        read(connection, "enablement", PairingSnapshot::enablement, records);
    }

    private static void read(Connection connection, String table, Fact fact, Consumer<Publication> records)
            throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setFetchSize(FETCH);
            try (ResultSet row = statement.executeQuery("select * from " + table)) {
                while (row.next()) {
                    records.accept(Publication.of(fact.of(row)));
                }
            }
        }
    }

    private static IntegratorFact pairing(ResultSet row) throws SQLException {
        return new IntegratorFact.Pairing(
                row.getObject("integrator_id", UUID.class),
                row.getObject("site_id", UUID.class),
                row.getBoolean("active"),
                row.getLong("version"));
    }

    private static IntegratorFact enablement(ResultSet row) throws SQLException {
        return Enablement.fact(
                row.getObject("integrator_id", UUID.class),
                row.getObject("site_id", UUID.class),
                row.getBoolean("active"),
                row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                row.getLong("version"));
    }
}
