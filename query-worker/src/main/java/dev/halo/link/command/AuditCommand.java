package dev.halo.link.command;

import dev.halo.link.audit.AuditEntry;
import dev.halo.link.audit.AuditFiles;
import dev.halo.protocol.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code query-worker audit}: reads the practice's own record. Needs no running Link. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Every statement that was run for an integrator. Exit code 4 if --verify finds the chain broken.")
final class AuditCommand implements Callable<Integer> {

    private static final int BROKEN = 4;

    @ParentCommand
    private LinkCommand parent;

    @Option(names = "--since", description = "From this day (2026-01-31) or time (2026-01-31T10:00:00Z) on.")
    private String since;

    @Option(names = "--verify", description = "Follow the hash chain and print no entries.")
    private boolean verify;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailed, IOException {
        Path directory = parent.dataDir().resolve("audit");
        if (!Files.isDirectory(directory)) {
            throw new CommandFailed("there is no audit in " + parent.dataDir() + " (--data-dir)");
        }
        Optional<Instant> from = Optional.ofNullable(since).isPresent() ? Optional.of(parse(since)) : Optional.empty();
        AuditFiles.Verification found = AuditFiles.read(directory, entry -> {
            if (!verify && from.map(start -> !entry.at().isBefore(start)).orElse(true)) {
                print(entry);
            }
        });
        if (verify) {
            parent.out()
                    .println(found.broken()
                            .map(where -> "The chain is broken: " + where)
                            .orElse("The chain holds: " + found.entries() + " entries."
                                    + found.torn().map(line -> " " + line + ".").orElse("")));
        }
        parent.out().flush();
        return verify && found.broken().isPresent() ? BROKEN : 0;
    }

    private static Instant parse(String text) throws CommandFailed {
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
        } catch (DateTimeParseException e) {
            throw new CommandFailed("--since must be a day (2026-01-31) or a time (2026-01-31T10:00:00Z)");
        }
    }

    private void print(AuditEntry entry) {
        parent.out().println(json ? new String(Json.bytes(entry), StandardCharsets.UTF_8) : line(entry));
    }

    private static String line(AuditEntry entry) {
        String who = entry.integrator() == null ? entry.integratorId().toString() : entry.integrator();
        return String.format(
                Locale.ROOT,
                "%s %s site=%s %s %s%s rows=%d ms=%d  %s",
                entry.at(),
                who,
                entry.siteId(),
                entry.catalogue(),
                entry.outcome(),
                entry.error() == null ? "" : " (" + entry.error() + ")",
                entry.rows(),
                entry.millis(),
                entry.text().replaceAll("\\s+", " "));
    }
}
