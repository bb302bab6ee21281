package dev.halo.local;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code ./halo down}. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = "Stops the suite, and what a crashed run left. Its state stays.")
final class DownCommand implements Callable<Integer> {

    @ParentCommand
    private HaloCommand halo;

    @Override
    public Integer call() {
        StateDirectory state = StateDirectory.open(halo.state());
        Optional<ProcessHandle> running = Launcher.running(state);
        running.ifPresent(Launcher::stop);
        boolean left = Suite.reap(state);
        Launcher.withdraw(state);
        if (running.isPresent()) {
            halo.print("Stopped.");
        } else {
            halo.print(left ? "Stopped what a crashed run had left." : "The suite does not run.");
        }
        return 0;
    }
}
