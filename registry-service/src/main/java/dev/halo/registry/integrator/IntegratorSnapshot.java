package dev.halo.registry.integrator;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.IntegratorFact.Key;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.outbox.Snapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** All integrators with their keys. */
@ApplicationScoped
public class IntegratorSnapshot implements Snapshot {

    private static final String KEYS = """
            select * from (
                select k.*, row_number() over (
                    partition by integrator_id, revoked_at is null order by revoked_at desc) as nth
                from subscription_key k) numbered
            where revoked_at is null or nth <= ?
            order by integrator_id, revoked_at is not null, nth
            """;

    private final int publishedRevokedKeys;

    public IntegratorSnapshot(RegistryConfig config) {
        this.publishedRevokedKeys = config.publishedRevokedKeys();
    }

    @Override
    public Topic topic() {
        return Topic.INTEGRATORS;
    }

    @Override
    public void read(Connection connection, Consumer<Publication> records) throws SQLException {
        Map<UUID, List<Key>> keys = keys(connection);
        AddressesConverter addresses = new AddressesConverter();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select * from integrator")) {
            while (row.next()) {
                UUID id = row.getObject("integrator_id", UUID.class);
                records.accept(Publication.of(new IntegratorFact.Integrator(
                        id,
                        row.getString("name"),
                        row.getBoolean("active"),
                        keys.getOrDefault(id, List.of()),
                        addresses.convertToEntityAttribute(row.getString("allowed_addresses")),
                        row.getString("tier"),
                        webhooks(row),
                        row.getLong("version"))));
            }
        }
    }

    private static IntegratorFact.Webhooks webhooks(ResultSet row) throws SQLException {
        String url = row.getString("webhook_url");
        return url == null
                ? null
                : new IntegratorFact.Webhooks(
                        url,
                        row.getString("webhook_async_url"),
                        row.getString("webhook_registered_url"),
                        row.getString("webhook_sealed_secret"));
    }

    private Map<UUID, List<Key>> keys(Connection connection) throws SQLException {
        Map<UUID, List<Key>> keys = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(KEYS)) {
            select.setInt(1, publishedRevokedKeys);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    keys.computeIfAbsent(row.getObject("integrator_id", UUID.class), id -> new ArrayList<>())
                            .add(new Key(
                                    row.getString("key_sha256"),
                                    KeySlot.valueOf(row.getString("slot")),
                                    row.getTimestamp("revoked_at") != null));
                }
            }
        }
        return keys;
    }
}
