package dev.halo.systemtests.launcher;

import dev.halo.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Runs the commands behind {@code ./halo} as processes of their own, on a state folder and ports of their own. */
final class LauncherCommand {

    private static final Path JAR = Path.of("..", "deploy", "local", "target", "halo-local.jar");

    private final Path state;
    private final Map<String, String> ports;

    private LauncherCommand(Path state, Map<String, String> ports) {
        this.state = state;
        this.ports = ports;
    }

    static LauncherCommand on(Path state) {
        Map<String, String> ports = new TreeMap<>();
        for (String server : List.of("GATEWAY", "REGISTRY", "ROUTING", "LINK", "KAFKA", "POSTGRES", "FIREBIRD")) {
            ports.put("HALO_" + server + "_PORT", Integer.toString(Ports.free()));
        }
        return new LauncherCommand(state, ports);
    }

    /** The same ports with another folder. */
    LauncherCommand withState(Path other) {
        return new LauncherCommand(other, ports);
    }

    String port(String server) {
        return ports.get("HALO_" + server + "_PORT");
    }

    /**
     * What a command did.
     *
     * @param code its exit code
     * @param output all that it printed
     */
    record Ended(int code, String output) {}

    /** Runs a command to its end. */
    Ended run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dhalo.repository=" + Path.of("..").toAbsolutePath().normalize(),
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(ports);
        builder.environment().put("HALO_STATE", state.toString());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(arguments) + " does not end; it printed:\n" + output);
            }
            return new Ended(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
