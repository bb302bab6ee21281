package dev.halo.link.command;

import dev.halo.link.control.ControlMessages.Done;
import dev.halo.link.control.ControlMessages.Enrol;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code query-worker enrol}. */
@Command(
        name = "enrol",
        mixinStandardHelpOptions = true,
        description =
                "Enrols this Link with a one-time token from an operator, read from the terminal or standard input.")
final class EnrolCommand implements Callable<Integer> {

    @ParentCommand
    private LinkCommand parent;

    @Option(names = "--token-stdin", description = "Read the token from standard input.")
    private boolean tokenStdin;

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        String token = SecretInput.read("enrolment token", tokenStdin);
        Done done = parent.client().post("/enrol", new Enrol(token.strip()), Done.class);
        parent.out().println(done.message());
        parent.out().flush();
        return 0;
    }
}
