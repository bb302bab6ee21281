package dev.halo.link.command;

import dev.halo.link.control.LinkReport;
import dev.halo.link.control.ReportText;
import dev.halo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code query-worker status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "What the Link found and what it cannot use. Exit code 3 if there are problems.")
final class StatusCommand implements Callable<Integer> {

    private static final int PROBLEMS = 3;

    @ParentCommand
    private LinkCommand parent;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        LinkReport report = parent.client().get("/status", LinkReport.class);
        parent.out().println(json ? new String(Json.bytes(report), StandardCharsets.UTF_8) : ReportText.of(report));
        parent.out().flush();
        return report.problems().isEmpty() ? 0 : PROBLEMS;
    }
}
