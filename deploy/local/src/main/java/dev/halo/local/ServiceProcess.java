package dev.halo.local;

import dev.halo.embedded.ChildProcess;
import dev.halo.embedded.OwnerOnly;
import dev.halo.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** One service as a child JVM, started from its packaged application with a configuration file of its own. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final ServiceName name;
    private final String id;
    private final SuiteSettings suite;
    private final StateDirectory state;
    private final int port;
    private final Map<String, String> settings = new TreeMap<>();
    private ChildProcess process;

    /** @param slot 0 for the one that every suite has */
    ServiceProcess(ServiceName name, int slot, SuiteSettings suite, StateDirectory state, int port) {
        this.name = name;
        this.id = slot == 0 ? name.id() : name.id() + "-" + slot;
        this.suite = suite;
        this.state = state;
        this.port = port;
    }

    /** Which one it is. */
    public ServiceName name() {
        return name;
    }

    /** Its base URL. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** File with what it wrote, appended over restarts. */
    public Path log() {
        return state.logs().resolve(id + ".log");
    }

    /** File with a line for each request that it answered. */
    public Path accessLog() {
        return state.logs().resolve(accessLogName(id) + ".log");
    }

    /** Of the file with the requests of an instance, without its ending. */
    static String accessLogName(String instance) {
        return instance + "-access";
    }

    /** Its name among all instances. */
    String id() {
        return id;
    }

    /** Process id; it must have been started. */
    public synchronized long pid() {
        return process.pid();
    }

    /** Whether the process lives; says nothing about readiness. */
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Changes a setting; it takes effect at the next start. A null value takes the setting back. */
    public synchronized void configure(String key, String value) {
        if (value == null) {
            settings.remove(key);
        } else {
            settings.put(key, value);
        }
    }

    /** Starts the process without waiting for its readiness; does nothing when it runs. */
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        Path jar = name.jar(suite.repository());
        if (!Files.exists(jar)) {
            throw new SuiteException(
                    name.module() + " is not built: " + jar + " is missing. Build it with: mvn package");
        }
        ChildProcess.reap(state.pidFile(id), STOP_LIMIT);
        if (!Ports.isFree(port)) {
            throw new SuiteException("Another program listens on port " + port + ", which the " + name.id()
                    + " needs: choose another with --" + name.id() + "-port");
        }
        process = ChildProcess.start(new ChildProcess.Spec(
                name.module(),
                command(jar),
                Map.of("QUARKUS_PROFILE", ""),
                state.folder("run"),
                log(),
                ChildProcess.StopSignal.TERM,
                STOP_LIMIT,
                state.pidFile(id)));
    }

    private List<String> command(Path jar) {
        List<String> command = new ArrayList<>(List.of(java(), "-Xmx" + name.heapMegabytes() + "m"));
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                // On two cores the second compiler takes half of the CPU that four starts need.
                "-XX:TieredStopAtLevel=" + (suite.peak() ? 4 : 1),
                "-Xshare:auto",
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dsmallrye.config.locations=" + writeConfiguration().toUri()));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The configuration file as it is now, for a command of the same application. */
    synchronized Path writeConfiguration() {
        StringBuilder text = new StringBuilder("# Above the packaged defaults, below environment variables\n");
        text.append("config_ordinal=275\n");
        settings.forEach((key, value) ->
                text.append(key).append('=').append(escape(value)).append('\n'));
        Path file = state.folder("config").resolve(id + ".properties");
        try {
            OwnerOnly.write(file, text.toString());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Backslashes for the properties format, the start of an expression for what reads it.
    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("${", "\\\\${").replace("\n", "\\n");
    }

    /**
     * Waits until the service says that it is ready.
     *
     * @throws SuiteException when it ends or the time is up; the message has the last lines of its log
     */
    public void awaitReady(Duration limit) {
        if (becomesReady(limit)) {
            return;
        }
        String what = isRunning() ? " was not ready within " + limit.toSeconds() + " s" : " ended at its start";
        throw new SuiteException(name.module() + what + ". Its log " + log() + " ends with:\n" + lastLines());
    }

    /** Waits like {@link #awaitReady}; false when the service ends or the time is up. */
    boolean becomesReady(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (isRunning() && System.nanoTime() < deadline) {
            if (isReady()) {
                return true;
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            if (Thread.interrupted()) {
                throw new SuiteException("Interrupted while waiting for the " + name.module());
            }
        }
        return false;
    }

    /** Whether it answers its readiness check with yes. */
    public boolean isReady() {
        return isReady(url());
    }

    static boolean isReady(URI url) {
        HttpRequest request = HttpRequest.newBuilder(url.resolve("/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(not readable)";
        }
    }

    /** Asks the process to end, and kills it if it takes longer than 25 s; does nothing when it does not run. */
    public synchronized void stop() {
        if (process != null) {
            process.stop();
            process = null;
        }
    }

    /** Ends the process without notice, as a crash would. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** Stops it, starts it and waits for its readiness. */
    public void restart(Duration limit) {
        stop();
        start();
        awaitReady(limit);
    }

    @Override
    public void close() {
        stop();
    }
}
