package dev.halo.gateway.page;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** All pages of a query at a time, in the transaction of whoever asks. */
public final class PageSets {

    private static final String SUMS = """
            select count(*), coalesce(sum(row_count), 0)::bigint, coalesce(sum(json_size), 0)::bigint,
                   coalesce(bool_and(first_row = before), true)
            from (select row_count, json_size, first_row,
                         (sum(row_count) over (order by page_number) - row_count)::bigint as before
                  from gateway.result_page
                  where created_hour = $1 and query_id = $2 and link_id = $3 and page_number <= $4) pages""";

    private static final String REMOVE = """
            delete from gateway.result_page where created_hour = $1 and query_id = $2 and page_number > $3""";

    private static final String REMOVE_ALL = """
            delete from gateway.result_page where (created_hour, query_id) in
              (select * from unnest($1::timestamptz[], $2::uuid[]))""";

    private static final String LIST = """
            select page_number, row_count, first_row, json_size, octet_length(body), query_id, link_id
            from gateway.result_page where (created_hour, query_id) in
              (select * from unnest($1::timestamptz[], $2::uuid[])) order by page_number""";

    private PageSets() {}

    /**
     * The query whose pages are meant.
     *
     * @param linkId pages of any other Link do not count
     */
    public record Owner(UUID queryId, Instant createdAt, UUID linkId) {
        private OffsetDateTime hour() {
            return PageStore.utc(createdAt.truncatedTo(ChronoUnit.HOURS));
        }
    }

    /**
     * What the pages amount to.
     *
     * @param gapless whether each begins where the one before ends
     */
    public record Sums(long pages, long rows, long size, boolean gapless) {}

    /** Of the pages 1 to n. */
    public static Future<Sums> sums(SqlClient client, Owner owner, int pages) {
        return client.preparedQuery(SUMS)
                .execute(Tuple.of(owner.hour(), owner.queryId, owner.linkId, pages))
                .map(found -> {
                    Row row = found.iterator().next();
                    return new Sums(row.getLong(0), row.getLong(1), row.getLong(2), row.getBoolean(3));
                });
    }

    /** Removes the pages behind a number, by whomever they were stored; 0 removes all. */
    public static Future<Void> removeBehind(SqlClient client, Owner owner, int page) {
        return client.preparedQuery(REMOVE)
                .execute(Tuple.of(owner.hour(), owner.queryId, page))
                .mapEmpty();
    }

    /** Removes all pages of many queries. */
    public static Future<Void> remove(SqlClient client, List<Owner> owners) {
        return owners.isEmpty()
                ? Future.succeededFuture()
                : client.preparedQuery(REMOVE_ALL).execute(keys(owners)).mapEmpty();
    }

    /** The stored pages of many queries, by their ids, in order. */
    public static Future<Map<UUID, List<PageInfo>>> list(SqlClient client, List<Owner> owners) {
        if (owners.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        Map<UUID, UUID> links = new HashMap<>();
        owners.forEach(owner -> links.put(owner.queryId, owner.linkId));
        return client.preparedQuery(LIST).execute(keys(owners)).map(found -> byQuery(found, links));
    }

    private static Map<UUID, List<PageInfo>> byQuery(RowSet<Row> found, Map<UUID, UUID> links) {
        Map<UUID, List<PageInfo>> pages = new HashMap<>();
        for (Row row : found) {
            UUID query = row.getUUID(5);
            if (row.getUUID(6).equals(links.get(query))) {
                pages.computeIfAbsent(query, unused -> new ArrayList<>()).add(PageStore.info(row));
            }
        }
        return pages;
    }

    private static Tuple keys(List<Owner> owners) {
        return Tuple.of(owners.stream().map(Owner::hour).toArray(OffsetDateTime[]::new), (Object)
                owners.stream().map(Owner::queryId).toArray(UUID[]::new));
    }
}
