package dev.halo.gateway.page;

import dev.halo.gateway.body.RowSource;
import dev.halo.gateway.body.ZstdRows;
import dev.halo.gateway.config.GatewayConfig;
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

    private static final String PUT = """
            insert into gateway.result_page as present
              (created_hour, query_id, link_id, page_number, row_count, first_row, json_size, sha256, body)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (created_hour, query_id, link_id, page_number) do update
            set row_count = excluded.row_count, first_row = excluded.first_row, json_size = excluded.json_size,
                sha256 = excluded.sha256, body = excluded.body, stored_at = now()
            where present.sha256 <> excluded.sha256""";

    private static final String TAKE = """
            delete from gateway.result_page
            where created_hour = $1 and query_id = $2 and link_id = $3 and page_number = $4
            returning row_count, json_size, body""";

    private final Store store;
    private final ByteBudget downloads;
    private final Duration downloadWait;
    private final Duration timeout;

    public PageStore(Store store, GatewayConfig config) {
        this.store = store;
        this.downloads = new ByteBudget(config.pages().maxDownloadMemory().asLongValue());
        this.downloadWait = config.pages().downloadWait();
        this.timeout = config.pages().storeTimeout();
    }

    /** Stores a page that was verified. The same page again changes nothing; another one takes its place. */
    public CompletionStage<Void> put(PageKey key, UploadedPage page) {
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
                                Buffer.buffer(page.body()))),
                        timeout)
                .thenAccept(rows -> {});
    }

    /**
     * Takes a page out of the store, to be answered once.
     *
     * @param size bytes of JSON that it should have
     * @return empty if there is none of that size; its rows hold memory until they are closed
     */
    public CompletionStage<Optional<RowSource>> take(PageKey key, long size) {
        return downloads.acquire(size, downloadWait).thenCompose(lease -> store.execute(
                        TAKE, Tuple.of(utc(key.createdHour()), key.queryId(), key.linkId(), key.pageNumber()), timeout)
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

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
