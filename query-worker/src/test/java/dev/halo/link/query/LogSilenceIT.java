package dev.halo.link.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an integrator sends never gets into the log, whatever becomes of it. */
class LogSilenceIT {

    private static final String MARKER = "planted-marker";

    @TempDir
    private Path directory;

    private static final class Kept extends Handler {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            StringBuilder line = new StringBuilder(String.valueOf(entry.getMessage()));
            if (entry.getParameters() != null) {
                for (Object parameter : entry.getParameters()) {
                    line.append(' ').append(parameter);
                }
            }
            for (Throwable cause = entry.getThrown(); cause != null; cause = cause.getCause()) {
                line.append(' ').append(cause);
            }
            lines.add(line.toString());
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    @Test
    void logsNothingOfAQuery() throws Exception {
        // Given
        Kept kept = new Kept();
        Logger root = Logger.getLogger("");
        root.addHandler(kept);
        try (LinkHarness link = new LinkHarness(directory).ready()) {
            // When
            link.run(link.request(ExecutionMode.READER, "select '" + MARKER + "'"));
            link.run(link.request(ExecutionMode.NON_QUERY, "update '" + MARKER + "'"));
            link.run(link.request(ExecutionMode.READER, "break " + MARKER));
            link.run(link.async("select '" + MARKER + "'"));
            link.run(link.async("break " + MARKER));
            link.session()
                    .send(new Frame.Register(link.registered(ExecutionMode.READER, "break " + MARKER, 60, 60_000)));
            await().atMost(LinkHarness.LONG)
                    .until(() -> link.session().first(Frame.Ran.class).isPresent());
            QueryRequest cancelled = link.request(ExecutionMode.READER, "wait " + MARKER);
            link.send(cancelled);
            link.awaitRunning(1);
            link.session().send(new Frame.Cancel(cancelled.queryId(), LinkErrorCode.CANCELLED));
            link.awaitOutcome(cancelled.queryId());
        } finally {
            root.removeHandler(kept);
        }

        // Then
        assertThat(kept.lines).isNotEmpty().noneMatch(line -> line.contains(MARKER));
        assertThat(kept.lines).anyMatch(line -> line.contains("query_broken"));
        assertThat(kept.lines).noneMatch(line -> line.contains("planted-secret") || line.contains("masterkey"));
    }
}
