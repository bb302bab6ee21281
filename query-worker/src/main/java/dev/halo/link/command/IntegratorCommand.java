package dev.halo.link.command;

import dev.halo.link.control.ControlMessages.Access;
import dev.halo.link.control.ControlMessages.Done;
import dev.halo.link.control.ControlMessages.Integrators;
import dev.halo.link.control.LinkReport;
import dev.halo.link.control.ReportText;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code query-worker integrator …}: what the tick box in Zedmed does. */
@Command(
        name = "integrator",
        mixinStandardHelpOptions = true,
        description = "Lets integrators in, or shuts them out, at once.")
final class IntegratorCommand {

    @ParentCommand
    private LinkCommand parent;

    /** Who, where, and on whose authority. */
    static final class Target {
        @Option(names = "--site", required = true, description = "Halo GUID, Database ID, or section of the INI.")
        private String site;

        @Option(names = "--integrator", required = true, description = "The integrator's id.")
        private UUID integrator;

        @Option(
                names = "--admin-user",
                defaultValue = "SYSDBA",
                description = "Administrator of the database server; default ${DEFAULT-VALUE}.")
        private String adminUser;

        @Option(names = "--password-stdin", description = "Read the administrator's password from standard input.")
        private boolean passwordStdin;

        Access access(String name) throws CommandFailed {
            String password = SecretInput.read("password of " + adminUser, passwordStdin);
            return new Access(site, integrator, name, adminUser, password);
        }
    }

    @Command(name = "enable", mixinStandardHelpOptions = true, description = "Lets an integrator in.")
    int enable(@Mixin Target target, @Option(names = "--name", description = "What to call it here.") String name)
            throws CommandFailed, InterruptedException {
        return print(parent.client().post("/integrators/enable", target.access(name), Done.class));
    }

    @Command(name = "disable", mixinStandardHelpOptions = true, description = "Shuts an integrator out at once.")
    int disable(@Mixin Target target) throws CommandFailed, InterruptedException {
        return print(parent.client().post("/integrators/disable", target.access(null), Done.class));
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "The integrators that are enabled.")
    int list() throws CommandFailed, InterruptedException {
        for (LinkReport.Integrator integrator :
                parent.client().get("/integrators", Integrators.class).integrators()) {
            parent.out().println("Site " + integrator.siteId() + ": " + ReportText.line(integrator));
        }
        parent.out().flush();
        return 0;
    }

    private int print(Done done) {
        parent.out().println(done.message());
        parent.out().flush();
        return 0;
    }
}
