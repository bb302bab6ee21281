package dev.halo.link.upload;

import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.QueryRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Uploads the pages of async results, several at a time, the results in turn. */
public final class PageUploader implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(PageUploader.class);
    private static final long MAX_WAIT_MILLIS = 1_000;
    private static final long LOOK_MILLIS = 50;
    private static final long STOP_MILLIS = 2_000;

    private final Spool spool;
    private final UploadConfig config;
    private final GatewayClient gateway;
    private final Uplink uplink;
    private final ExecutorService cleaner;
    private final List<Thread> threads = new ArrayList<>();
    private final Object lock = new Object();
    private final Deque<PagedUpload> line = new ArrayDeque<>();
    private boolean closed;

    private record Turn(PagedUpload upload, SpooledPage page) {}

    public PageUploader(Spool spool, UploadConfig config, GatewayClient gateway, Uplink uplink) {
        this.spool = spool;
        this.config = config;
        this.gateway = gateway;
        this.uplink = uplink;
        this.cleaner = Executors.newSingleThreadExecutor(task -> daemon(task, "link-spool-cleaner"));
        for (int i = 1; i <= config.pagesInFlight(); i++) {
            Thread thread = daemon(this::work, "link-page-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Opens the way for a query's result; it must be finished or discarded. */
    public PagedUpload open(QueryRequest request) {
        Retry retry = new Retry(
                config, pause -> pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
        PagedUpload upload = new PagedUpload(request, spool, config, retry, this::wake, this::clean);
        synchronized (lock) {
            line.add(upload);
        }
        return upload;
    }

    /** Results whose pages are made or uploaded. */
    public int results() {
        synchronized (lock) {
            line.removeIf(PagedUpload::hasEnded);
            return line.size();
        }
    }

    /** At the end nobody cleans any more: the spool is emptied as a whole. */
    private void clean(Runnable task) {
        try {
            cleaner.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debugf("event=spool_cleaner_closed");
        }
    }

    private void wake() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    private void work() {
        try {
            boolean goesOn = true;
            while (goesOn) {
                goesOn = sendNext();
            }
        } catch (InterruptedException e) {
            // The Link stops; what is left on disk goes.
            Thread.currentThread().interrupt();
        }
    }

    /** False at the end. Whatever goes wrong with one page, its thread is there for the next. */
    private boolean sendNext() throws InterruptedException {
        try {
            Optional<Turn> turn = next();
            if (turn.isPresent()) {
                send(turn.get());
            }
            return turn.isPresent();
        } catch (RuntimeException | Error e) {
            LOG.errorf("event=page_thread_broken kind=%s", e.getClass().getName());
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            return true;
        }
    }

    /** Waits for a page that may be sent; empty at the end. */
    private Optional<Turn> next() throws InterruptedException {
        synchronized (lock) {
            while (!closed) {
                long now = System.nanoTime();
                long wait = TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS);
                for (int i = line.size(); i > 0; i--) {
                    PagedUpload upload = line.poll();
                    if (upload.hasEnded()) {
                        continue;
                    }
                    line.add(upload);
                    Optional<SpooledPage> page = upload.next(now);
                    if (page.isPresent()) {
                        return Optional.of(new Turn(upload, page.get()));
                    }
                    long delay = upload.delay(now);
                    wait = delay > 0 ? Math.min(wait, delay) : wait;
                }
                lock.wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait)));
            }
            return Optional.empty();
        }
    }

    private void send(Turn turn) throws InterruptedException {
        Answer answer = new Answer.Later(Duration.ZERO);
        try {
            if (awaitTurn(turn)) {
                answer = put(turn);
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.errorf(
                    "event=page_lost query=%s reason=%s",
                    turn.upload().request().queryId(), e.getClass().getSimpleName());
            turn.upload().lost();
        } finally {
            settle(turn, answer);
        }
    }

    private void settle(Turn turn, Answer answer) {
        try {
            turn.upload().answered(turn.page(), answer, System.nanoTime());
        } catch (RuntimeException | Error e) {
            turn.upload().abandon(turn.page());
            throw e;
        } finally {
            wake();
        }
    }

    private Answer put(Turn turn) throws IOException, InterruptedException {
        SpooledPage page = turn.page();
        QueryRequest request = turn.upload().request();
        Part part = new Part(
                LinkApi.pagePath(request.queryId(), page.number()),
                request.queryId(),
                request.createdAt(),
                page.firstRow(),
                page.rows(),
                page.size(),
                page.sha256());
        Duration timeout = config.attemptTimeout()
                .plusSeconds(page.length() / config.slowest().asLongValue());
        // The client leaves a file of its own open after an attempt that was broken off; Windows then keeps the file.
        try (InputStream rows = Files.newInputStream(page.file())) {
            BodyPublisher body = BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> rows), page.length());
            return gateway.put(part, body, timeout, cancel -> turn.upload().sending(page, cancel));
        }
    }

    /** Waits for the uplink; false where the result is not wanted any more. */
    private boolean awaitTurn(Turn turn) throws InterruptedException {
        long started = System.nanoTime();
        while (!turn.upload().isOver()) {
            long wait = uplink.tryTake(turn.page().length(), System.nanoTime() - started);
            if (wait == 0) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(Math.max(1, Math.min(LOOK_MILLIS, TimeUnit.NANOSECONDS.toMillis(wait))));
        }
        return false;
    }

    /** Stops uploading and empties the spool. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        threads.forEach(Thread::interrupt);
        cleaner.shutdown();
        try {
            cleaner.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS);
            for (Thread thread : threads) {
                thread.join(STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        spool.clear();
    }
}
