package dev.halo.local;

import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What {@code ./halo} runs. */
@Command(
        name = "halo",
        mixinStandardHelpOptions = true,
        description = "The whole suite on this machine, to develop against.",
        subcommands = {UpCommand.class, DownCommand.class, StatusCommand.class, QueryCommand.class})
public final class HaloCommand {

    private static final int FAILED = 1;

    @Option(
            names = "--repository",
            scope = ScopeType.INHERIT,
            hidden = true,
            defaultValue = "${sys:halo.repository:-.}")
    private Path repository;

    @Option(
            names = "--state",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            defaultValue = "${env:HALO_STATE}",
            description = "Folder of everything that the suite keeps; default: .halo of the repository.")
    private Path state;

    @Spec
    private CommandSpec spec;

    /** Runs one command and ends with its exit code. */
    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new HaloCommand());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            command.getErr().println("halo: " + message);
            command.getErr().flush();
            return FAILED;
        });
        System.exit(commandLine.execute(arguments));
    }

    Path repository() {
        return repository.toAbsolutePath().normalize();
    }

    Path state() {
        return state == null || state.toString().isEmpty() ? repository().resolve(".halo") : state.toAbsolutePath();
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    void print(String line) {
        out().println(line);
        out().flush();
    }
}
