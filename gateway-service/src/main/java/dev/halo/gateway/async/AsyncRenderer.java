package dev.halo.gateway.async;

import dev.halo.gateway.async.AsyncQueryJson.Page;
import dev.halo.gateway.async.AsyncQueryJson.Period;
import dev.halo.gateway.async.AsyncQueryJson.Rows;
import dev.halo.gateway.async.AsyncQueryJson.StatusTiming;
import dev.halo.gateway.page.PageInfo;
import dev.halo.gateway.query.QueryJson;
import dev.halo.gateway.query.QueryRenderer;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Makes the object of an async query. */
public final class AsyncRenderer {

    private static final String CACHED = "cached";
    private static final String QUEUED = "queued";

    private AsyncRenderer() {}

    /**
     * The query object.
     *
     * @param stored the pages that are there
     * @param gone whether the result can no longer be fetched
     */
    public static AsyncQueryJson object(AsyncQuery query, List<PageInfo> stored, boolean gone) {
        Progress progress = query.progress();
        QueryFailure failure = progress.failure();
        return new AsyncQueryJson(
                query.id(),
                query.integratorId(),
                query.siteId(),
                QueryMode.ASYNC.wire(),
                query.status().wire(),
                query.maxTimeInQueue(),
                query.commandSize(),
                query.requestSize(),
                query.createdAt(),
                progress.updatedAt(),
                timing(query),
                metrics(query),
                progress.result() == null ? null : result(progress.result(), stored, gone),
                query.status() == AsyncStatus.SUCCESSFUL ? progress.result().size() : null,
                progress.completedAt(),
                failure == null ? null : failure.code(),
                failure == null ? null : failure.message(),
                failure == null
                        ? null
                        : new QueryJson.ErrorDetails(failure.type().wire(), failure.code(), failure.message()));
    }

    private static QueryJson.Metrics metrics(AsyncQuery query) {
        Long millis = query.progress().sqlMillis();
        boolean hasRun = query.status() == AsyncStatus.UPLOAD_FAILED || millis != null;
        return hasRun ? new QueryJson.Metrics(millis == null ? 0 : millis) : null;
    }

    private static StatusTiming timing(AsyncQuery query) {
        Progress at = query.progress();
        return new StatusTiming(
                period(query.createdAt(), at.queuedAt(), at.executingAt(), at.uploadingAt(), at.completedAt()),
                period(at.queuedAt(), at.executingAt(), at.uploadingAt(), at.completedAt()),
                period(at.executingAt(), at.uploadingAt(), at.completedAt()),
                period(at.uploadingAt(), at.completedAt()));
    }

    /** A stage ends where the next one that was reported begins. */
    private static Period period(Instant start, Instant... ends) {
        return start == null
                ? null
                : new Period(
                        start,
                        Stream.of(ends).filter(end -> end != null).findFirst().orElse(null));
    }

    private static AsyncQueryJson.Result result(AsyncResult result, List<PageInfo> stored, boolean gone) {
        return new AsyncQueryJson.Result(
                result.affected() == null ? result.rows() : null,
                result.affected(),
                result.size(),
                gone ? List.of() : pages(result.pages(), stored),
                gone ? null : QueryRenderer.parameters(result.parameters()));
    }

    private static List<Page> pages(int count, List<PageInfo> stored) {
        Map<Integer, PageInfo> byNumber = new HashMap<>();
        stored.forEach(info -> byNumber.put(info.number(), info));
        List<Page> pages = new ArrayList<>(count);
        for (int number = 1; number <= count; number++) {
            PageInfo info = byNumber.get(number);
            pages.add(
                    info == null
                            ? new Page(number, QUEUED, null, null)
                            : new Page(
                                    number,
                                    CACHED,
                                    info.size(),
                                    new Rows(info.rows(), info.firstRow(), info.lastRow())));
        }
        return pages;
    }
}
