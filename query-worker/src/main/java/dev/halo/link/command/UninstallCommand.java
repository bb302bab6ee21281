package dev.halo.link.command;

import dev.halo.link.control.ControlMessages.Done;
import dev.halo.link.control.ControlMessages.Uninstall;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code query-worker uninstall}. */
@Command(
        name = "uninstall",
        mixinStandardHelpOptions = true,
        description =
                "Tells the cloud that this Link is taken out, and forgets its identity: its sites can no longer be"
                        + " queried here. Run it before removing the software.")
final class UninstallCommand implements Callable<Integer> {

    @ParentCommand
    private LinkCommand parent;

    @Option(
            names = "--force",
            description = "Forget the identity also where the cloud cannot be told; an operator then removes the Link.")
    private boolean force;

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        Done done = parent.client().post("/uninstall", new Uninstall(force), Done.class);
        parent.out().println(done.message());
        parent.out().flush();
        return 0;
    }
}
