package dev.halo.registry.authority;

import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.outbox.Snapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Consumer;

/** All authority. */
@ApplicationScoped
public class AuthoritySnapshot implements Snapshot {

    private static final int FETCH = 500;

    @Override
    public Topic topic() {
        return Topic.AUTHORITY;
    }

    @Override
    public void read(Connection connection, Consumer<Publication> records) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setFetchSize(FETCH);
            try (ResultSet row = statement.executeQuery("select * from authority")) {
                while (row.next()) {
                    records.accept(Publication.of(new AuthorityRecord(
                            PmsType.valueOf(row.getString("pms_type")),
                            row.getString("pms_id"),
                            row.getObject("link_id", UUID.class),
                            row.getObject("site_id", UUID.class),
                            row.getTimestamp("since").toInstant(),
                            row.getLong("version"))));
                }
            }
        }
    }
}
