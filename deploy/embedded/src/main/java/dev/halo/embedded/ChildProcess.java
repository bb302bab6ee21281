package dev.halo.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server process that cannot outlive this JVM, whichever way the JVM ends.
 *
 * <p>A small shell stands between the two. It holds the reading end of a pipe whose writing end only this JVM has, so
 * the end of the JVM, a kill -9 included, is the end of the pipe; the shell then stops the server, and kills it when it
 * has not ended within its grace. An orderly {@link #stop()} closes the same pipe. Ctrl-C in a terminal reaches neither
 * the shell nor the server: the JVM decides about the order in which things end.
 */
public final class ChildProcess implements AutoCloseable {

    private static final String SHELL_SCRIPT = """
            trap '' INT HUP
            log=$1 signal=$2 grace=$3
            shift 3
            exec 3<&0
            "$@" </dev/null 3<&- >>"$log" 2>&1 &
            child=$!
            echo $child
            (
              read -r _ <&3
              kill -$signal $child
              waited=0
              while kill -0 $child && [ $waited -lt $grace ]; do sleep 0.1; waited=$((waited + 1)); done
              kill -KILL $child
            ) >/dev/null 2>&1 &
            watcher=$!
            exec 3<&-
            wait $child
            code=$?
            kill $watcher 2>/dev/null
            exit $code
            """;

    /** How a server is asked to end in order. */
    public enum StopSignal {
        /** The usual request. */
        TERM,
        /** PostgreSQL's fast shutdown, which does not wait for its clients. */
        INT
    }

    /**
     * What to run.
     *
     * @param name for messages
     * @param command program and arguments
     * @param environment added to this JVM's own; an empty value removes the variable
     * @param directory working directory
     * @param log file that gets the output, appended
     * @param signal how to ask it to end
     * @param grace how long it may take to end before it is killed
     * @param pidFile remembers the process over a crash of this JVM, see {@link #reap(Path, Duration)}
     */
    public record Spec(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path directory,
            Path log,
            StopSignal signal,
            Duration grace,
            Path pidFile) {

        /** Takes defensive copies. */
        public Spec {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    private final Spec spec;
    private final Process shell;
    private final ProcessHandle child;

    private ChildProcess(Spec spec, Process shell, ProcessHandle child) {
        this.spec = spec;
        this.shell = shell;
        this.child = child;
    }

    /**
     * Starts the process.
     *
     * @throws EmbeddedException when it cannot be started or ends at once
     */
    public static ChildProcess start(Spec spec) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SHELL_SCRIPT, "halo-child"));
        command.add(spec.log().toString());
        command.add(spec.signal().name());
        command.add(Long.toString(Math.max(1, spec.grace().toMillis() / 100)));
        command.addAll(spec.command());
        try {
            Files.createDirectories(spec.log().toAbsolutePath().getParent());
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(spec.directory().toFile());
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            spec.environment().forEach((key, value) -> {
                if (value.isEmpty()) {
                    builder.environment().remove(key);
                } else {
                    builder.environment().put(key, value);
                }
            });
            Process shell = builder.start();
            return new ChildProcess(spec, shell, identify(spec, shell));
        } catch (IOException e) {
            throw new EmbeddedException(spec.name() + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static ProcessHandle identify(Spec spec, Process shell) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII));
        String line = reader.readLine();
        if (line == null) {
            throw new EmbeddedException(spec.name() + " cannot be started, see " + spec.log());
        }
        Optional<ProcessHandle> handle = ProcessHandle.of(Long.parseLong(line.trim()));
        if (handle.isEmpty()) {
            throw new EmbeddedException(spec.name() + " ended as soon as it was started, see " + spec.log());
        }
        Files.writeString(spec.pidFile(), describe(handle.get()));
        return handle.get();
    }

    private static String describe(ProcessHandle handle) {
        long started = handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return handle.pid() + " " + started + "\n";
    }

    /** Process id of the server itself. */
    public long pid() {
        return child.pid();
    }

    /** Whether the server runs. */
    public boolean isAlive() {
        return child.isAlive();
    }

    /** Completes with the server's exit code when it has ended. */
    public CompletableFuture<Integer> onExit() {
        return shell.onExit().thenApply(Process::exitValue);
    }

    /** Asks the server to end, waits for its grace, kills it then. Returns when it is gone; does nothing a second time. */
    public void stop() {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            child.destroy();
        }
        awaitEnd(spec.grace().plusSeconds(30));
    }

    /** Ends the server without notice, as a crash would, and returns when it is gone. */
    public void kill() {
        child.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
    }

    /** Same as {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    private void awaitEnd(Duration limit) {
        try {
            shell.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            child.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            Files.deleteIfExists(spec.pidFile());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            child.destroyForcibly();
        } catch (ExecutionException | TimeoutException e) {
            child.destroyForcibly();
            throw new EmbeddedException(spec.name() + " did not end within " + limit, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends the process that an earlier JVM left behind, if it still runs. A process that merely has the same id by now
     * is left alone: the time of its start differs.
     *
     * @param pidFile the one of the earlier {@link Spec}
     * @param grace how long it may take to end before it is killed
     * @return whether there was one
     */
    public static boolean reap(Path pidFile, Duration grace) {
        try {
            if (!Files.exists(pidFile)) {
                return false;
            }
            String expected = Files.readString(pidFile);
            Optional<ProcessHandle> handle = parsePid(expected).flatMap(ProcessHandle::of);
            boolean left = handle.isPresent() && describe(handle.get()).equals(expected);
            if (left) {
                end(handle.get(), grace);
            }
            Files.deleteIfExists(pidFile);
            return left;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Long> parsePid(String text) {
        String first = text.strip().split(" ", 2)[0];
        return first.matches("[0-9]{1,10}") ? Optional.of(Long.valueOf(first)) : Optional.empty();
    }

    private static void end(ProcessHandle handle, Duration grace) {
        handle.destroy();
        try {
            handle.onExit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            handle.destroyForcibly();
            handle.onExit().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            handle.destroyForcibly();
        }
    }
}
