package dev.halo.local;

import dev.halo.embedded.OwnerOnly;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** The process that runs a suite, as other commands see it. */
final class Launcher {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(90);

    private Launcher() {}

    /** Leaves this process's id for other commands. */
    static void announce(StateDirectory state) {
        try {
            Files.deleteIfExists(state.ready());
            OwnerOnly.write(state.launcherPid(), describe(ProcessHandle.current()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the id back. */
    static void withdraw(StateDirectory state) {
        try {
            Files.deleteIfExists(state.ready());
            Files.deleteIfExists(state.launcherPid());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process that runs the suite of this folder, if there is one. */
    static Optional<ProcessHandle> running(StateDirectory state) {
        try {
            if (!Files.exists(state.launcherPid())) {
                return Optional.empty();
            }
            String text = Files.readString(state.launcherPid());
            String pid = text.strip().split(" ", 2)[0];
            return pid.matches("[0-9]{1,10}")
                    ? ProcessHandle.of(Long.parseLong(pid))
                            .filter(handle -> describe(handle).equals(text))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    // With the time of its start: after a crash the id may belong to somebody else.
    private static String describe(ProcessHandle handle) {
        return handle.pid() + " "
                + handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L) + "\n";
    }

    /** Asks the process to stop its suite and waits for its end. */
    static void stop(ProcessHandle launcher) {
        launcher.destroy();
        try {
            launcher.onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Its children end with it.
            launcher.destroyForcibly();
            launcher.onExit().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts this very command in the background and shows its words until the suite is up or has failed. */
    static int detach(StateDirectory state, HaloCommand halo) throws IOException {
        Files.deleteIfExists(state.ready());
        Path log = state.logs().resolve("launcher.log");
        Files.deleteIfExists(log);
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.add(ProcessHandle.current().info().command().orElse(ServiceProcess.java()));
        for (String argument : ProcessHandle.current().info().arguments().orElse(new String[0])) {
            if (!"--detach".equals(argument)) {
                command.add(argument);
            }
        }
        Process background = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return follow(background, log, state, halo);
    }

    private static int follow(Process background, Path log, StateDirectory state, HaloCommand halo) throws IOException {
        try (RandomAccessFile reader = new RandomAccessFile(log.toFile(), "r")) {
            while (true) {
                boolean ready = Files.exists(state.ready());
                boolean alive = background.isAlive();
                byte[] news = new byte[(int) (reader.length() - reader.getFilePointer())];
                reader.readFully(news);
                halo.out().print(new String(news, StandardCharsets.UTF_8));
                halo.out().flush();
                if (ready) {
                    return 0;
                }
                if (!alive) {
                    return 1;
                }
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
        }
    }
}
