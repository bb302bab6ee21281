package dev.halo.link.upload;

import dev.halo.link.execution.ResultPage;
import dev.halo.link.execution.RowSink;
import dev.halo.link.execution.RowsNotKept;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The result of one async query between the statement that produces it and the gateway that stores it. The thread that
 * runs the statement puts pages in; the {@link PageUploader}'s threads take them out meanwhile. It ends once: with all
 * pages stored, or with a failure after which nothing of it is left on disk.
 */
public final class PagedUpload implements RowSink {

    private static final Logger LOG = Logger.getLogger(PagedUpload.class);
    private static final int HTTP_UNAVAILABLE = 503;

    private final QueryRequest request;
    private final Spool spool;
    private final Duration waitFor;
    private final int maxInFlight;
    private final Retry retry;
    private final Runnable pagesChanged;
    private final Executor cleaner;
    private final WaitedTime waited = new WaitedTime();
    private final Deque<SpooledPage> pending = new ArrayDeque<>();
    private final Map<SpooledPage, Runnable> inFlight = new HashMap<>();
    private BooleanSupplier mustNotWait = () -> false;
    private Supplier<Optional<QueryFailure>> stopped = Optional::empty;
    private Path folder;
    private int pages;
    private boolean complete;
    private QueryFailure failure;
    private Consumer<Optional<QueryFailure>> listener;
    private boolean ended;

    /**
     * @param pagesChanged told when there is something to do; called with no lock held
     * @param cleaner removes files
     */
    PagedUpload(
            QueryRequest request,
            Spool spool,
            UploadConfig config,
            Retry retry,
            Runnable pagesChanged,
            Executor cleaner) {
        this.request = request;
        this.spool = spool;
        this.waitFor = config.spool().waitFor();
        this.maxInFlight = config.pagesInFlightPerResult();
        this.retry = retry;
        this.pagesChanged = pagesChanged;
        this.cleaner = cleaner;
    }

    QueryRequest request() {
        return request;
    }

    /** Says when rows may not wait for room in the spool, such as while the statement holds row locks. */
    public void neverWaitWhen(BooleanSupplier now) {
        mustNotWait = now;
    }

    /** Says why the statement must end, while it must: then its rows do not wait for room in the spool any longer. */
    public void stopsWhen(Supplier<Optional<QueryFailure>> now) {
        stopped = now;
    }

    @Override
    public long pageBytes() {
        return QueryBounds.PAGE_BYTES;
    }

    @Override
    public long waitedNanos() {
        return waited.nanos();
    }

    @Override
    public void page(ResultPage page) throws IOException {
        long room = SpooledPage.maxLength(page);
        takeRoom(room);
        SpooledPage kept = null;
        try {
            kept = SpooledPage.write(folder().resolve(Integer.toString(page.number())), page);
        } catch (IOException e) {
            LOG.errorf(
                    "event=spool_write_failed query=%s reason=%s",
                    request.queryId(), e.getClass().getSimpleName());
            throw new RowsNotKept(notStored("the Link's disk does not take it."));
        } finally {
            spool.giveBack(kept == null ? room : room - kept.length());
        }
        if (!add(kept)) {
            drop(kept);
            throw new RowsNotKept(failure);
        }
        pagesChanged.run();
    }

    private synchronized boolean add(SpooledPage kept) {
        if (failure != null) {
            return false;
        }
        pages++;
        pending.add(kept);
        return true;
    }

    private void takeRoom(long bytes) throws RowsNotKept {
        Duration atMost = mustNotWait.getAsBoolean() ? Duration.ZERO : waitFor;
        waited.begin();
        try {
            Spool.Room room = spool.take(bytes, atMost, () -> whyStopped().isPresent());
            switch (room) {
                case TAKEN -> {
                    return;
                }
                case STOPPED -> throw new RowsNotKept(whyStopped().orElseThrow());
                case NEVER, FULL -> {
                    LOG.warnf("event=spool_full query=%s used=%d", request.queryId(), spool.used());
                    throw new RowsNotKept(notStored("the Link's spool is full."));
                }
                default -> throw new IllegalStateException("no such answer: " + room);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RowsNotKept(notStored("the Link is shutting down."));
        } finally {
            waited.end();
        }
    }

    private synchronized Path folder() throws IOException {
        if (folder == null) {
            folder = spool.folder(request.queryId());
        }
        return folder;
    }

    private static QueryFailure notStored(String why) {
        return new QueryFailure(ErrorType.HTTP, HTTP_UNAVAILABLE, "The result could not be stored: " + why);
    }

    private Optional<QueryFailure> whyStopped() {
        QueryFailure failed;
        synchronized (this) {
            failed = failure;
        }
        return failed == null ? stopped.get() : Optional.of(failed);
    }

    private synchronized boolean isFailed() {
        return failure != null;
    }

    /** Pages that were made so far. */
    public synchronized int pages() {
        return pages;
    }

    /**
     * The statement has ended well: no page follows.
     *
     * @param end called once, maybe at once, without a failure when all pages are stored
     */
    public void finish(Consumer<Optional<QueryFailure>> end) {
        synchronized (this) {
            complete = true;
            listener = end;
        }
        settle();
    }

    /** The statement has failed: what it produced is thrown away. */
    public void discard() {
        abort(notStored("the statement failed."));
        finish(none -> {});
    }

    /** Uploads no more; the first failure counts. Does not block: the files go, and the end comes, on the cleaner. */
    public void abort(QueryFailure why) {
        fail(why).ifPresent(this::breakOff);
    }

    /** From now on it has failed; gives what is being sent, unless it had failed or ended before. */
    private synchronized Optional<List<Runnable>> fail(QueryFailure why) {
        if (failure != null || ended) {
            return Optional.empty();
        }
        failure = why;
        return Optional.of(List.copyOf(inFlight.values()));
    }

    private void breakOff(List<Runnable> running) {
        running.forEach(Runnable::run);
        cleaner.execute(this::clean);
    }

    /** A page is forgotten after its file is gone, so that whoever sees none left can remove the folder. */
    private void clean() {
        for (SpooledPage page = unsent(); page != null; page = unsent()) {
            drop(page);
            sent(page);
        }
        settle();
    }

    private synchronized SpooledPage unsent() {
        return pending.peek();
    }

    private synchronized void sent(SpooledPage page) {
        pending.remove(page);
        inFlight.remove(page);
    }

    /** A page cannot be read any more. */
    void lost() {
        abort(notStored("a page of it was lost."));
    }

    /** What became of a page could not be dealt with: the result has failed, and the page goes. */
    void abandon(SpooledPage page) {
        abort(notStored("the Link failed."));
        boolean isHeld;
        synchronized (this) {
            isHeld = inFlight.containsKey(page);
        }
        if (isHeld) {
            drop(page);
            sent(page);
        }
        settle();
    }

    /** The next page that may be sent now; {@link #answered} is owed for it. */
    synchronized Optional<SpooledPage> next(long now) {
        if (failure != null || inFlight.size() >= maxInFlight || pending.isEmpty() || retry.delay(now) > 0) {
            return Optional.empty();
        }
        SpooledPage page = pending.poll();
        inFlight.put(page, () -> {});
        return Optional.of(page);
    }

    /** Nanoseconds until a page may be sent, as far as time decides. */
    synchronized long delay(long now) {
        return retry.delay(now);
    }

    /** A page is being sent: how to break that off. */
    void sending(SpooledPage page, Runnable cancel) {
        boolean over;
        synchronized (this) {
            inFlight.put(page, cancel);
            over = failure != null;
        }
        if (over) {
            cancel.run();
        }
    }

    /** Whether there is no use in sending. */
    boolean isOver() {
        return isFailed();
    }

    /** A page was sent, or was tried to. */
    void answered(SpooledPage page, Answer answer, long now) {
        boolean again = false;
        Optional<List<Runnable>> running = Optional.empty();
        synchronized (this) {
            if (answer instanceof Answer.Stored) {
                retry.worked();
            } else if (failure == null && answer instanceof Answer.Refused refused) {
                running = fail(new QueryFailure(ErrorType.HTTP, refused.status(), "The gateway refused the result."));
            } else if (failure == null && retry.failed(now, ((Answer.Later) answer).notBefore())) {
                inFlight.remove(page);
                pending.addFirst(page);
                again = true;
            } else if (failure == null) {
                running = fail(notStored("the gateway could not be reached for too long."));
            }
        }
        if (!again) {
            drop(page);
            sent(page);
        }
        running.ifPresent(this::breakOff);
        settle();
    }

    private void drop(SpooledPage page) {
        Spool.remove(page.file());
        spool.giveBack(page.length());
    }

    private void settle() {
        Consumer<Optional<QueryFailure>> end;
        Optional<QueryFailure> result;
        synchronized (this) {
            boolean over = complete && inFlight.isEmpty() && pending.isEmpty();
            if (!over || ended) {
                return;
            }
            ended = true;
            end = listener;
            result = Optional.ofNullable(failure);
            if (folder != null) {
                Spool.remove(folder);
            }
        }
        end.accept(result);
    }

    synchronized boolean hasEnded() {
        return ended;
    }
}
