package dev.halo.link.command;

import dev.halo.link.config.LinkPaths;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The commands of the Link. Each talks to the Link that runs on this machine, except where it says otherwise. */
@Command(
        name = "query-worker",
        mixinStandardHelpOptions = true,
        version = "query-worker 0.1.0",
        description = "The Link: connects a practice's Zedmed databases with the cloud. Without a command it runs.",
        subcommands = {
            StatusCommand.class,
            EnrolCommand.class,
            UninstallCommand.class,
            IntegratorCommand.class,
            AuditCommand.class
        },
        synopsisSubcommandLabel = "[run | COMMAND]")
final class LinkCommand {

    @Option(
            names = "--data-dir",
            scope = ScopeType.INHERIT,
            description =
                    "The Link's data directory; default: halo.link.data-dir, HALO_LINK_DATA_DIR or the platform's.")
    private Path dataDir;

    @Spec
    private CommandSpec spec;

    /** Where the Link keeps its files, as the option, the system property, the environment or the platform say. */
    Path dataDir() {
        Optional<Path> configured = Optional.ofNullable(dataDir)
                .or(() -> Optional.ofNullable(System.getProperty("halo.link.data-dir"))
                        .or(() -> Optional.ofNullable(System.getenv("HALO_LINK_DATA_DIR")))
                        .map(Path::of));
        return LinkPaths.dataDir(configured);
    }

    ControlClient client() {
        return new ControlClient(dataDir());
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
