package dev.halo.link.registered;

import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.journal.JournalGate;
import dev.halo.link.journal.RunOf;
import dev.halo.link.query.JobThreads;
import dev.halo.link.query.Outcomes;
import dev.halo.link.query.ResultBuffer;
import dev.halo.link.query.StatementExecution;
import dev.halo.link.query.StatementExecution.Statement;
import dev.halo.link.queue.FairQueue;
import dev.halo.link.upload.ResultUploader;
import dev.halo.link.upload.ResultUploader.Whole;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.RegisteredRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Executes the runs of registered queries and uploads the results that have changed. */
final class RunJobs implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(RunJobs.class);
    private static final int UPLOADS = 2;
    private static final int IDLE_SECONDS = 60;
    private static final int STOP_SECONDS = 2;

    private final StatementExecution execution;
    private final ResultUploader uploader;
    private final JobThreads threads;
    private final FairQueue queue;
    private final long uploadNanos;
    private final ThreadPoolExecutor uploads;

    RunJobs(
            StatementExecution execution,
            ResultUploader uploader,
            JobThreads threads,
            FairQueue queue,
            RegisteredConfig config) {
        this.execution = execution;
        this.uploader = uploader;
        this.threads = threads;
        this.queue = queue;
        this.uploadNanos = config.uploadFor().toNanos();
        this.uploads = new ThreadPoolExecutor(
                UPLOADS,
                UPLOADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(config.pendingUploads()),
                task -> {
                    Thread thread = new Thread(task, "link-run-upload");
                    thread.setDaemon(true);
                    return thread;
                });
        this.uploads.allowCoreThreadTimeOut(true);
    }

    /**
     * How a run has ended.
     *
     * @param hash of its result; null where there is none, or the cloud does not have it
     * @param changed whether the result was uploaded
     */
    record Ended(String hash, boolean changed, Outcome outcome) {

        static Ended without(Outcome outcome) {
            return new Ended(null, false, outcome);
        }
    }

    /** Asked whether a run may begin, and told of its end or that it never began: of one of them, once. */
    interface Listener {

        boolean mayBegin(RegisteredRunTask task);

        void notBegun(RegisteredRunTask task);

        void ended(RegisteredRunTask task, Ended how);
    }

    /** Runs a task that has its slots, which are given back. */
    void run(RegisteredRunTask task, String lastHash, Listener listener) {
        threads.background(() -> {
            if (listener.mayBegin(task)) {
                execute(task, lastHash, listener);
            } else {
                queue.finished(task.id());
                listener.notBegun(task);
            }
        });
    }

    private void execute(RegisteredRunTask task, String lastHash, Listener listener) {
        Optional<IntegratorLogin> login =
                execution.login(task.registered().siteId(), task.registered().integratorId());
        Ended how = Ended.without(Outcomes.failed(Outcomes.internal(), task.queuedMillis()));
        Whole changed = null;
        ExecutionResult result = null;
        JournalGate gate = new JournalGate(
                execution.journal(), task.request(), new RunOf(task.registered().queryId(), task.number()));
        try {
            if (login.isEmpty()) {
                how = Ended.without(Outcomes.failed(Outcomes.disabled(), task.queuedMillis()));
                return;
            }
            ResultBuffer buffer = new ResultBuffer();
            result = execution.run(statement(task, login.get()), buffer, gate, task.cancel());
            String hash = result instanceof ExecutionResult.Rows ? hash(buffer.rows()) : null;
            how = new Ended(hash, false, Outcomes.of(result, Outcome.Storage.STORED, task.queuedMillis(), 0));
            if (hash != null && !hash.equals(lastHash)) {
                changed = whole(task, ((ExecutionResult.Rows) result).rows(), buffer.rows());
            }
        } catch (RuntimeException e) {
            LOG.errorf(
                    "event=run_broken query=%s kind=%s", task.id(), e.getClass().getName());
        } finally {
            queue.finished(task.id());
            if (changed == null) {
                listener.ended(task, how);
            } else {
                uploadLater(task, changed, new Produced(result, how.hash(), gate.wrote()), listener);
            }
        }
    }

    private static Statement statement(RegisteredRunTask task, IntegratorLogin login) {
        return new Statement(
                task.request(), task.registered().queryId(), task.database(), login, Map.of(), task.queuedMillis());
    }

    private static Whole whole(RegisteredRunTask task, long rows, byte[] json) {
        RegisteredRequest registered = task.registered();
        return Whole.of(
                LinkApi.runPath(registered.queryId(), task.number()),
                registered.queryId(),
                registered.createdAt(),
                rows,
                json);
    }

    private record Produced(ExecutionResult result, String hash, boolean wrote) {}

    private void uploadLater(RegisteredRunTask task, Whole changed, Produced produced, Listener listener) {
        try {
            uploads.execute(() -> upload(task, changed, produced, listener));
        } catch (RejectedExecutionException e) {
            LOG.warnf("event=run_upload_queue_full query=%s", task.registered().queryId());
            listener.ended(task, notStored(task, produced, 0));
        }
    }

    private void upload(RegisteredRunTask task, Whole changed, Produced produced, Listener listener) {
        long start = System.nanoTime();
        boolean stored = false;
        try {
            stored = !task.cancel().isStopped() && uploader.upload(changed, start + uploadNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf(
                    "event=run_upload_broken query=%s kind=%s",
                    task.registered().queryId(), e.getClass().getName());
        } finally {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            Outcome outcome = Outcomes.of(produced.result(), Outcome.Storage.STORED, task.queuedMillis(), millis);
            listener.ended(
                    task, stored ? new Ended(produced.hash(), true, outcome) : notStored(task, produced, millis));
        }
    }

    private static Ended notStored(RegisteredRunTask task, Produced produced, long millis) {
        return Ended.without(Outcomes.uploadFailed(
                produced.result(), Outcomes.notStored(), produced.wrote(), task.queuedMillis(), millis));
    }

    private static String hash(byte[] json) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java", e);
        }
    }

    @Override
    public void close() {
        uploads.shutdownNow();
        try {
            uploads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
