package dev.halo.gateway.page;

import dev.halo.gateway.body.RowSource;
import dev.halo.gateway.body.ZstdRows;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.store.Store;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The results and pages that Links upload, in PostgreSQL, as they came. */
@ApplicationScoped
public class PageStore {

    /** The query's row is held meanwhile, so that whoever ends it removes this page as well. */
    private static final String PUT = """
            with query as materialized (
              select pages_removed or completed_at is not null as ended, link_id <> $3::uuid as foreign_link
              from gateway.async_query
              where created_at = $10::timestamptz and query_id = $2::uuid for share),
            stored as (insert into gateway.result_page as present
              (created_hour, query_id, link_id, page_number, row_count, first_row, json_size, sha256, body)
            select $1::timestamptz, $2::uuid, $3::uuid, $4::integer, $5::bigint, $6::bigint, $7::bigint, $8::text,
              $9::bytea
            where not exists (select 1 from query where ended or foreign_link)
            on conflict (created_hour, query_id, link_id, page_number) do update
            set row_count = excluded.row_count, first_row = excluded.first_row, json_size = excluded.json_size,
                sha256 = excluded.sha256, body = excluded.body, stored_at = now()
            where present.sha256 <> excluded.sha256)
            select coalesce((select foreign_link from query), false)""";

    private static final String FIND = """
            select page_number, row_count, first_row, json_size, octet_length(body) from gateway.result_page
            where created_hour = $1 and query_id = $2 and link_id = $3 and page_number = $4""";

    private static final String BODY = """
            select body from gateway.result_page
            where created_hour = $1 and query_id = $2 and link_id = $3 and page_number = $4""";

    private static final String TAKE = """
            delete from gateway.result_page
            where created_hour = $1 and query_id = $2 and link_id = $3 and page_number = $4
            returning row_count, json_size, body""";

    private final Store store;
    private final ByteBudget downloads;
    private final ByteBudget pageDownloads;
    private final Duration downloadWait;
    private final Duration timeout;

    public PageStore(Store store, GatewayConfig config) {
        this.store = store;
        this.downloads = new ByteBudget(config.pages().maxDownloadMemory().asLongValue());
        // Of their own: readers of pages may be as slow as they like, and callers of immediates wait.
        this.pageDownloads = new ByteBudget(config.pages().maxDownloadMemory().asLongValue());
        this.downloadWait = config.pages().downloadWait();
        this.timeout = config.pages().storeTimeout();
    }

    /**
     * Stores a page that was verified. The same page again changes nothing; another one takes its place. A page of an
     * async query that has ended, or whose pages were removed, is of no use to anybody and is let go.
     *
     * @return false where the query is not this Link's, as far as is known here: an immediate's row is written at its end
     */
    public CompletionStage<Boolean> put(PageKey key, UploadedPage page) {
        return store.execute(
                        PUT,
                        Tuple.from(List.of(
                                utc(key.createdHour()),
                                key.queryId(),
                                key.linkId(),
                                key.pageNumber(),
                                page.rows(),
                                page.firstRow(),
                                page.size(),
                                page.sha256(),
                                Buffer.buffer(page.body()),
                                utc(QueryIds.createdAt(key.queryId()).orElse(Instant.EPOCH)))),
                        timeout)
                .thenApply(rows -> !rows.iterator().next().getBoolean(0));
    }

    /**
     * Takes a page out of the store, to be answered once.
     *
     * @param size bytes of JSON that it should have
     * @return empty if there is none of that size; its rows hold memory until they are closed
     */
    public CompletionStage<Optional<RowSource>> take(PageKey key, long size) {
        return downloads.acquire(size, downloadWait).thenCompose(lease -> store.execute(TAKE, parameters(key), timeout)
                .thenApply(found -> {
                    RowIterator<Row> rows = found.iterator();
                    return rows.hasNext()
                            ? Optional.of(rows.next()).filter(row -> row.getLong(1) == size)
                            : Optional.<Row>empty();
                })
                .thenApply(row ->
                        row.<RowSource>map(one -> new ZstdRows(one.getBuffer(2).getBytes(), size, lease::close)))
                .whenComplete((rows, failure) -> {
                    if (failure != null || rows.isEmpty()) {
                        lease.close();
                    }
                }));
    }

    /** What is known of a page that is there. */
    public CompletionStage<Optional<PageInfo>> find(PageKey key) {
        return store.execute(FIND, parameters(key), timeout).thenApply(found -> {
            RowIterator<Row> rows = found.iterator();
            return rows.hasNext() ? Optional.of(info(rows.next())) : Optional.<PageInfo>empty();
        });
    }

    /**
     * A page's body as it was stored.
     *
     * @param info as {@link #find} gave it
     * @return empty if it has gone meanwhile; it holds memory until it is closed
     */
    public CompletionStage<Optional<StoredPage>> read(PageKey key, PageInfo info) {
        return pageDownloads.acquire(info.storedSize(), downloadWait).thenCompose(lease -> store.execute(
                        BODY, parameters(key), timeout)
                .thenApply(found -> {
                    RowIterator<Row> rows = found.iterator();
                    return rows.hasNext()
                            ? Optional.of(new StoredPage(
                                    info, rows.next().getBuffer(0).getBytes(), lease::close))
                            : Optional.<StoredPage>empty();
                })
                .whenComplete((page, failure) -> {
                    if (failure != null || page.isEmpty()) {
                        lease.close();
                    }
                }));
    }

    static PageInfo info(Row row) {
        return new PageInfo(row.getInteger(0), row.getLong(1), row.getLong(2), row.getLong(3), row.getInteger(4));
    }

    private static Tuple parameters(PageKey key) {
        return Tuple.of(utc(key.createdHour()), key.queryId(), key.linkId(), key.pageNumber());
    }

    static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
