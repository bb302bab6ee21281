package dev.halo.link.command;

import dev.halo.link.identity.DataDirectoryException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;

/** Runs the Link, or one command: a command does not start an application. */
@QuarkusMain
public class LinkMain {

    private static final int FAILED = 1;

    /** Without arguments, or with {@code run}, the Link; else the command that the arguments name. */
    public static void main(String... args) {
        if (args.length == 0 || "run".equals(args[0])) {
            Quarkus.run(null, LinkMain::ended);
            return;
        }
        System.exit(new CommandLine(new LinkCommand())
                .setExecutionExceptionHandler(LinkMain::explain)
                .execute(args));
    }

    private static void ended(Integer exitCode, Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof DataDirectoryException)) {
            cause = cause.getCause();
        }
        if (cause != null) {
            System.err.println("The Link cannot start: " + cause.getMessage());
        }
        System.exit(failure == null ? exitCode : FAILED);
    }

    private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        command.getErr().flush();
        return FAILED;
    }
}
