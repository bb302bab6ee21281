package dev.halo.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.topic.Topic;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** What is true of authority, in the database and in the topic. */
public final class AuthorityFacts {

    private final RegistrySuite suite;

    public AuthorityFacts(RegistrySuite suite) {
        this.suite = suite;
    }

    /** What was published of a PMS ID, in order. */
    public List<AuthorityRecord> published(String pmsId) {
        return new TopicReader(suite.bootstrapServers())
                .values(Topic.AUTHORITY, AuthorityRecord.keyOf(PmsType.ZEDMED, pmsId), AuthorityRecord.class);
    }

    /** The site that is authoritative for a PMS ID, the same in the database and in the topic; null for none. */
    public UUID site(String pmsId) throws SQLException {
        List<AuthorityRecord> published = published(pmsId);
        AuthorityRecord last = published.get(published.size() - 1);
        List<String> stored = rows("select site_id::text || ' ' || link_id::text || ' ' || version::text"
                + " from registry.authority where pms_id = '" + pmsId + "'");
        assertThat(stored).hasSize(1);
        assertThat(stored.get(0))
                .isEqualTo(last.siteId() == null ? null : last.siteId() + " " + last.linkId() + " " + last.version());
        return last.siteId();
    }

    /**
     * No PMS ID has two authoritative sites: not in the database, and at no time in the topic, where each version of a
     * PMS ID says one thing and follows the one before it.
     */
    public void neverTwo(Collection<String> pmsIds) throws SQLException {
        for (String pmsId : pmsIds) {
            List<AuthorityRecord> published = published(pmsId);
            long version = 0;
            AuthorityRecord before = null;
            for (AuthorityRecord record : published) {
                if (record.version() == version) {
                    assertThat(record).isEqualTo(before);
                } else {
                    assertThat(record.version()).isEqualTo(version + 1);
                }
                version = record.version();
                before = record;
            }
            site(pmsId);
        }
        assertThat(rows("""
                select pms_id from registry.authority group by pms_type, pms_id having count(*) > 1""")).isEmpty();
        assertThat(rows("""
                select a.pms_id from registry.authority a
                left join registry.site s on s.site_id = a.site_id and s.link_id = a.link_id
                    and s.pms_type = a.pms_type and s.pms_id = a.pms_id
                left join registry.link l on l.link_id = a.link_id
                where a.link_id is not null and (s.site_id is null
                    or s.status in ('REMOVED', 'UNINSTALLED') or l.status = 'REMOVED')""")).isEmpty();
    }

    /** The first column of a query of the test's own. */
    public List<String> rows(String sql) throws SQLException {
        try (Connection database = suite.database();
                var statement = database.createStatement();
                var result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }
}
