package dev.halo.link.command;

import dev.halo.link.identity.DataDirectoryException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.ConfigValidationException;
import java.io.PrintWriter;
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
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new LinkCommand()).setExecutionExceptionHandler(LinkMain::explain);
    }

    private static void ended(Integer exitCode, Throwable failure) {
        if (failure != null) {
            PrintWriter err = new CommandLine(new LinkCommand()).getErr();
            err.println("The Link cannot start: " + reason(failure));
            err.flush();
            System.exit(FAILED);
        }
        System.exit(exitCode);
    }

    /** What an administrator can act on, without a stack trace where the cause is known. */
    private static String reason(Throwable failure) {
        Throwable last = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataDirectoryException || cause instanceof ConfigValidationException) {
                return cause.getMessage();
            }
            last = cause;
        }
        return last.getClass().getSimpleName() + ": " + last.getMessage();
    }

    private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        command.getErr().flush();
        return FAILED;
    }
}
