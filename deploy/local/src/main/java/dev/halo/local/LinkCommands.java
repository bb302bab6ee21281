package dev.halo.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The commands of the Link that runs, as its administrator gives them. */
public final class LinkCommands {

    private static final int PROBLEMS = 3;

    private final Path jar;
    private final Path dataDirectory;

    LinkCommands(Path jar, Path dataDirectory) {
        this.jar = jar;
        this.dataDirectory = dataDirectory;
    }

    /**
     * What a command did.
     *
     * @param code exit code
     * @param output what it printed, errors included
     */
    public record Result(int code, String output) {

        Result orFail() {
            if (code != 0) {
                throw new SuiteException("The Link refused: " + output.strip());
            }
            return this;
        }
    }

    /** {@code integrator enable}. */
    public Result enable(String site, String integratorId, String name, String adminUser, String adminPassword) {
        return run(
                adminPassword,
                List.of(
                        "integrator",
                        "enable",
                        "--site",
                        site,
                        "--integrator",
                        integratorId,
                        "--name",
                        name,
                        "--admin-user",
                        adminUser,
                        "--password-stdin"));
    }

    /** {@code integrator disable}. */
    public Result disable(String site, String integratorId, String adminUser, String adminPassword) {
        return run(
                adminPassword,
                List.of(
                        "integrator",
                        "disable",
                        "--site",
                        site,
                        "--integrator",
                        integratorId,
                        "--admin-user",
                        adminUser,
                        "--password-stdin"));
    }

    /** {@code enrol}. */
    public Result enrol(String token) {
        return run(token, List.of("enrol", "--token-stdin"));
    }

    /** {@code status --json}; missing while the Link does not answer. */
    public JsonNode status() {
        Result result = run("", List.of("status", "--json"));
        try {
            return result.code() == 0 || result.code() == PROBLEMS
                    ? HttpJson.MAPPER.readTree(result.output())
                    : MissingNode.getInstance();
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** Any command of the Link; its secret goes to its standard input. */
    public Result run(String input, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                ServiceProcess.java(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString()));
        command.addAll(arguments);
        command.addAll(List.of("--data-dir", dataDirectory.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            give(process, input);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new SuiteException("The Link's command " + arguments.get(0) + " did not end");
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new SuiteException("The Link's command cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SuiteException("Interrupted while the Link's command ran", e);
        }
    }

    private static void give(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write((input + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // A command that ended without reading has said why in its output.
            process.onExit().join();
        }
    }
}
