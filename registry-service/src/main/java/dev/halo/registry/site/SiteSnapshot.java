package dev.halo.registry.site;

import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.outbox.Snapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Consumer;

/** All sites. */
@ApplicationScoped
public class SiteSnapshot implements Snapshot {

    private static final int FETCH = 500;
    private static final CataloguesConverter CATALOGUES = new CataloguesConverter();

    @Override
    public Topic topic() {
        return Topic.SITES;
    }

    @Override
    public void read(Connection connection, Consumer<Publication> records) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setFetchSize(FETCH);
            try (ResultSet row = statement.executeQuery(
                    "select s.*, l.status as link_status from site s join link l on l.link_id = s.link_id")) {
                while (row.next()) {
                    records.accept(Publication.of(record(row)));
                }
            }
        }
    }

    private static SiteRecord record(ResultSet row) throws SQLException {
        return new SiteRecord(
                row.getObject("site_id", UUID.class),
                row.getObject("link_id", UUID.class),
                LinkStatus.valueOf(row.getString("link_status")),
                PmsType.valueOf(row.getString("pms_type")),
                row.getString("pms_id"),
                row.getString("practice_name"),
                row.getString("pms_version"),
                row.getString("link_version"),
                CATALOGUES.convertToEntityAttribute(row.getString("catalogues")),
                LicenceKind.valueOf(row.getString("licence_kind")),
                SiteStatus.valueOf(row.getString("status")),
                row.getString("problem"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("enriched_at").toInstant(),
                row.getLong("version"));
    }
}
